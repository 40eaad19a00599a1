// What was said, and its forms as a file.

export class Transcript {
  constructor() {
    this.takes = [];
  }

  /** Begins a stretch with times of its own: a session of the microphone, or a file. */
  begin(title) {
    const last = this.takes.at(-1);
    const offset = last ? last.offset + Math.max(0, ...last.utterances.map(({ end }) => end)) : 0;
    this.takes.push({ title, offset, utterances: [] });
  }

  /** Adds an utterance; times in ms from the beginning of the take. */
  add(utterance) {
    this.takes.at(-1).utterances.push(utterance);
  }

  clear() {
    this.takes = [];
  }

  utterances() {
    return this.takes.flatMap(({ offset, utterances }) => utterances
      .toSorted((a, b) => a.start - b.start)
      .map(({ start, end, text }) => ({ start: offset + start, end: offset + end, text })));
  }

  srt() {
    return this.utterances()
      .map(({ start, end, text }, i) => `${i + 1}\r\n${clock(start, ',')} --> ${clock(end, ',')}\r\n${text}\r\n`)
      .join('\r\n');
  }

  vtt() {
    const cues = this.utterances()
      .map(({ start, end, text }) => `${clock(start, '.')} --> ${clock(end, '.')}\n${escape(text)}\n`);
    return ['WEBVTT\n', ...cues].join('\n');
  }

  text() {
    return this.utterances().map(({ text }) => `${text}\n`).join('');
  }
}

/** 83456 as 00:01:23.456 */
function clock(ms, point) {
  const two = n => String(Math.floor(n)).padStart(2, '0');
  const whole = Math.round(ms);
  return `${two(whole / 3_600_000)}:${two(whole / 60_000 % 60)}:${two(whole / 1000 % 60)}${point}${String(whole % 1000).padStart(3, '0')}`;
}

/** 83456 as 1:23 */
export function minutes(ms) {
  const seconds = Math.floor(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const tail = `${String(seconds % 60).padStart(2, '0')}`;
  return hours > 0
    ? `${hours}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}:${tail}`
    : `${Math.floor(seconds / 60)}:${tail}`;
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
