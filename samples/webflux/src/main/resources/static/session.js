// One live session with the server, over as many connections as it takes.
//
// What was said and has no result yet is kept, and sent again when the connection was lost. All times are
// milliseconds of the audio that was sent, from its first sample, whichever connection they came by.

const BYTES_PER_MS = 32;
const KEEP_MS = 30_000;
const RETRY_MS = [250, 500, 1000, 2000, 4000, 4000, 8000, 8000, 15000, 15000];
const LAG_MS = 2000;

/** Dispatches `state`, `event`, `again` (open utterances start over), `lag` and `end`; the details are in `detail`. */
export class LiveSession extends EventTarget {
  constructor({ mode, language }) {
    super();
    this.query = new URLSearchParams({ source: 'microphone', mode, language });
    this.manual = mode === 'manual';
    this.kept = []; // { start, end, frame } in order; frame is PCM, or 'commit'
    this.position = 0; // end of the audio so far
    this.base = 0; // where the audio of this connection begins
    this.lost = 0; // audio given up since the connection was lost
    this.open = new Map(); // utterances without a result, to where they begin
    this.attempts = 0; // in a row that brought nothing
    this.away = false; // whether a connection was lost and none has taken its place
    this.lagging = false;
    this.connect();
  }

  // ---- from the page

  audio(pcm) {
    const start = this.position;
    this.position += pcm.byteLength / BYTES_PER_MS;
    this.keep({ start, end: this.position, frame: pcm });
    const lag = this.socket.bufferedAmount / BYTES_PER_MS;
    if (lag > LAG_MS || this.lagging) {
      this.lagging = lag > LAG_MS / 2;
      this.tell('lag', { ms: this.lagging ? lag : 0 });
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

  /** Ends at once. */
  abort() {
    clearTimeout(this.timer);
    this.ended = true;
    this.socket.close(1000);
  }

  keep(piece) {
    this.kept.push(piece);
    while (this.kept.length > 0 && this.position - this.kept[0].start > KEEP_MS) {
      const gone = this.kept.shift();
      if (!this.ready) {
        this.lost += gone.end - gone.start;
      }
    }
    this.send(piece.frame);
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

  opened() {
    this.ready = true;
    this.base = this.kept.length > 0 ? this.kept[0].start : this.position;
    this.kept.forEach(piece => this.socket.send(piece.frame));
    if (this.finishing) {
      this.socket.send('finish');
    }
  }

  closed(code) {
    this.ready = false;
    if (this.ended || this.failure || code === 1000) {
      this.end();
      return;
    }
    if (this.attempts >= RETRY_MS.length) {
      this.failure = 'The connection to the server is lost, and it does not come back.';
      this.end();
      return;
    }
    if (!this.away) {
      this.away = true;
      this.lost = 0;
      this.open.clear();
      this.tell('again');
    }
    const delay = RETRY_MS[this.attempts++];
    this.state('reconnecting', { attempt: this.attempts });
    this.timer = setTimeout(() => this.connect(), delay * (0.75 + Math.random() / 2));
  }

  end() {
    this.ended = true;
    this.tell('end', { failure: this.failure });
  }

  // ---- from the server

  received(event) {
    for (const time of ['start_ms', 'end_ms']) {
      if (time in event) {
        event[time] += this.base;
      }
    }
    switch (event.type) {
      case 'session_ready':
        if (this.away) {
          this.away = false;
          this.tell('event', { type: 'reconnected', replayed_ms: this.position - this.base, lost_ms: this.lost });
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
      case 'session_failed':
        if (event.retryable && !this.finishing) {
          break; // the connection is closed for that, and opened again
        }
        this.failure = event.message;
        break;
    }
    this.tell('event', event);
  }

  /** Forgets audio that has its result, as far as none before it is without. */
  settle({ item_id: id, end_ms: end }) {
    this.attempts = 0;
    this.open.delete(id);
    if (this.manual) {
      const commit = this.kept.findIndex(piece => piece.frame === 'commit');
      this.kept.splice(0, commit + 1);
    } else if (end !== undefined) {
      const settled = Math.min(end, ...this.open.values());
      const first = this.kept.findIndex(piece => piece.end > settled);
      this.kept.splice(0, first < 0 ? this.kept.length : first);
    }
  }

  state(state, more = {}) {
    this.tell('state', { state, ...more });
  }

  tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
