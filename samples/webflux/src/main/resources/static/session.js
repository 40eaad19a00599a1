// One live session with the server, over as many connections as it takes.
//
// What was said and has no result yet is kept, and sent again when the connection was lost. All times are
// milliseconds of the audio that was sent, from its first sample, whichever connection they came by.

const BYTES_PER_MS = 32;
const KEEP_MS = 30_000;
const RETRY_MS = [250, 500, 1000, 2000, 4000, 4000, 8000, 8000, 15000, 15000];
const LAG_MS = 2000;
const LAG_TELL_MS = 5000;
// The server tells each second how much it has heard. Told nothing for so long while audio is sent, it is not there.
const DEAD_MS = 10_000;
// What was heard so long ago without an utterance beginning in it was silence.
const SILENT_MS = 5000;

/** Dispatches `state`, `event`, `again` (open utterances start over), `lag` and `end`; the details are in `detail`. */
export class LiveSession extends EventTarget {
  constructor({ mode, language }) {
    super();
    this.query = new URLSearchParams({ source: 'microphone', mode, language });
    this.manual = mode === 'manual';
    this.kept = []; // { start, end, frame } in order; frame is PCM, or 'commit'
    this.position = 0; // end of the audio so far
    this.base = 0; // where the audio of this connection begins
    this.settled = 0; // all before it has its result
    this.silent = 0; // all before it that is of no open utterance was silence: the server heard it and said nothing
    this.lost = 0; // audio given up that was neither, since the server was last there
    this.lostTo = 0; // all given up before it is counted
    this.unheard = 0; // audio sent since the server was last heard of
    this.open = new Map(); // utterances without a result, to where they begin
    this.attempts = 0; // in a row that brought nothing
    this.away = false; // whether a connection was lost and none has taken its place
    this.lagging = false;
    this.lagTold = 0;
    this.connect();
  }

  // ---- from the page

  audio(pcm) {
    const start = this.position;
    this.position += pcm.byteLength / BYTES_PER_MS;
    this.keep({ start, end: this.position, frame: pcm });
    if (!this.ready) {
      return;
    }
    this.unheard += this.position - start;
    if (this.unheard > DEAD_MS) {
      this.drop();
    } else {
      this.tellLag();
    }
  }

  tellLag() {
    const now = performance.now();
    const ms = this.socket.bufferedAmount / BYTES_PER_MS;
    const lagging = ms > (this.lagging ? LAG_MS / 2 : LAG_MS);
    if (lagging !== this.lagging || (lagging && now - this.lagTold > LAG_TELL_MS)) {
      this.lagging = lagging;
      this.lagTold = now;
      this.tell('lag', { ms: lagging ? ms : 0 });
    }
  }

  commit() {
    this.keep({ start: this.position, end: this.position, frame: 'commit' });
  }

  /** No more audio: the last results follow, then the end. */
  finish() {
    this.finishing = true;
    this.state('finishing');
    this.send('finish');
  }

  /** Ends at once, and tells nothing any more. */
  abort() {
    clearTimeout(this.timer);
    this.leave(1000);
  }

  leave(code) {
    const { socket } = this;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(code);
  }

  keep(piece) {
    this.kept.push(piece);
    while (this.kept.length > 0 && this.position - this.kept[0].start > KEEP_MS) {
      this.kept.shift();
    }
    if (!this.ready) {
      this.countLost();
    }
    this.send(piece.frame);
  }

  /** What is kept no more is lost if it has no result and was not silence, unless there is somebody who has it. */
  countLost() {
    const from = Math.max(this.settled, this.silent, this.lostTo);
    const to = this.kept[0]?.start ?? this.position;
    if (to > from) {
      this.lost += to - from;
      this.lostTo = to;
    }
  }

  send(frame) {
    if (this.ready) {
      this.socket.send(frame);
    }
  }

  // ---- the connection

  connect() {
    if (!this.away) {
      this.state('connecting');
    }
    const url = new URL(`ws/transcriptions?${this.query}`, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = ({ data }) => this.received(JSON.parse(data));
    socket.onclose = ({ code }) => this.closed(code);
  }

  /** A peer that is gone without a word: the browser would wait for minutes. */
  drop() {
    this.leave();
    this.closed(1006);
  }

  opened() {
    this.ready = true;
    this.unheard = 0;
    this.base = this.kept.length > 0 ? this.kept[0].start : this.position;
    this.kept.forEach(piece => this.socket.send(piece.frame));
    if (this.finishing) {
      this.socket.send('finish');
    }
  }

  closed(code) {
    this.ready = false;
    this.lagging = false;
    if (this.failure || code === 1000) {
      this.end();
      return;
    }
    if (this.attempts >= RETRY_MS.length) {
      this.failure = this.reason ?? 'The connection to the server is lost, and it does not come back.';
      this.end();
      return;
    }
    if (!this.away) {
      this.away = true;
      this.tell('again');
    }
    this.countLost();
    this.open.clear();
    const delay = RETRY_MS[this.attempts++];
    this.state('reconnecting', { attempt: this.attempts, reason: this.reason });
    this.timer = setTimeout(() => this.connect(), delay * (0.75 + Math.random() / 2));
  }

  end() {
    this.tell('end', { failure: this.failure });
  }

  // ---- from the server

  received(event) {
    this.unheard = 0;
    for (const time of ['start_ms', 'end_ms', 'heard_ms']) {
      if (time in event) {
        event[time] += this.base;
      }
    }
    switch (event.type) {
      case 'heard':
        this.heard(event.heard_ms);
        return;
      case 'session_ready':
        this.reason = undefined;
        if (this.away) {
          this.away = false;
          this.tell('event', { type: 'reconnected', replayed_ms: this.position - this.base, lost_ms: this.lost });
          this.lost = 0;
        }
        this.state(this.finishing ? 'finishing' : 'listening');
        break;
      case 'interrupted':
        this.state('interrupted');
        break;
      case 'reconnected':
        this.state(this.finishing ? 'finishing' : 'listening');
        break;
      case 'partial':
        this.attempts = 0;
        break;
      case 'speech_started':
        this.open.set(event.item_id, event.start_ms);
        break;
      case 'final':
      case 'failed':
        this.settle(event);
        break;
      case 'error':
        if ('start_ms' in event) {
          this.mergeRefused();
        }
        break;
      case 'session_failed':
        if (event.retryable && !this.finishing) {
          this.reason = event.message;
          return; // the connection is closed for that, and opened again
        }
        this.failure = event.message;
        break;
    }
    this.tell('event', event);
  }

  /** The server has the audio up to there, and by now would have said that an utterance has begun. */
  heard(ms) {
    if (!this.manual) {
      this.silent = Math.max(this.silent, Math.min(ms - SILENT_MS, ...this.open.values()));
    }
  }

  /** Forgets audio that has its result, as far as none before it is without. */
  settle({ item_id: id, end_ms: end }) {
    this.attempts = 0;
    this.open.delete(id);
    if (this.manual) {
      const commit = this.kept.findIndex(piece => piece.frame === 'commit');
      if (commit >= 0) {
        this.settled = this.kept[commit].end;
        this.kept.splice(0, commit + 1);
      }
    } else if (end !== undefined) {
      this.settled = Math.max(this.settled, Math.min(end, ...this.open.values()));
      const first = this.kept.findIndex(piece => piece.end > this.settled);
      this.kept.splice(0, first < 0 ? this.kept.length : first);
    }
  }

  /** A commit was refused: its audio becomes part of the next utterance. */
  mergeRefused() {
    const commit = this.kept.findIndex(piece => piece.frame === 'commit');
    if (commit >= 0) {
      this.kept.splice(commit, 1);
    }
  }

  state(state, more = {}) {
    this.tell('state', { state, ...more });
  }

  tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
