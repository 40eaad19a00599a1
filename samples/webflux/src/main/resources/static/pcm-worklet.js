// Runs on the audio thread: what the microphone gives, as 16 kHz mono PCM in pieces of 40 ms.

import { Resampler } from './resampler.js';

const RATE = 16000;
const PIECE = 640;

class PcmProcessor extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = sampleRate === RATE ? null : new Resampler(sampleRate, RATE);
    this.piece = new Int16Array(PIECE);
    this.filled = 0;
    this.squares = 0;
    this.port.onmessage = () => { // the only message: stop
      if (this.resampler) {
        this.take(this.resampler.flush());
      }
      this.post();
      this.port.postMessage({ end: true });
      this.stopped = true;
    };
  }

  process([channels]) {
    if (this.stopped) {
      return false;
    }
    if (channels.length > 0) {
      const mono = mix(channels);
      this.take(this.resampler ? this.resampler.process(mono) : mono);
    }
    return true;
  }

  take(samples) {
    for (const sample of samples) {
      const limited = Math.max(-1, Math.min(1, sample));
      this.piece[this.filled++] = Math.round(limited * 32767);
      this.squares += limited * limited;
      if (this.filled === PIECE) {
        this.post();
      }
    }
  }

  post() {
    if (this.filled === 0) {
      return;
    }
    const pcm = this.piece.slice(0, this.filled).buffer; // little-endian wherever browsers run
    this.port.postMessage({ pcm, level: Math.sqrt(this.squares / this.filled) }, [pcm]);
    this.filled = 0;
    this.squares = 0;
  }
}

function mix(channels) {
  if (channels.length === 1) {
    return channels[0];
  }
  const mono = new Float32Array(channels[0].length);
  for (const channel of channels) {
    for (let i = 0; i < mono.length; i++) {
      mono[i] += channel[i] / channels.length;
    }
  }
  return mono;
}

registerProcessor('pcm', PcmProcessor);
