// Audio of any rate, made 16 kHz: a sinc low-pass in 256 phases, so that nothing above 8 kHz folds back.

const ZERO_CROSSINGS = 24;
const PHASES = 256;
const PASSBAND = 0.93; // of what fits under half the lower rate; the rest is where the filter falls off
const KAISER_BETA = 8;

export class Resampler {
  /** Takes samples at one rate, gives them at another; both in Hz. */
  constructor(from, to) {
    this.step = from / to;
    const cutoff = Math.min(1, to / from) * PASSBAND;
    this.half = Math.ceil(ZERO_CROSSINGS / cutoff);
    this.table = phases(cutoff, this.half);
    this.waiting = new Float32Array(this.half - 1);
    this.position = this.half - 1; // of the next output, in samples of `waiting`
  }

  /** Returns the samples that are due; the last few wait for what follows them. */
  process(samples) {
    const input = new Float32Array(this.waiting.length + samples.length);
    input.set(this.waiting);
    input.set(samples, this.waiting.length);
    const taps = 2 * this.half;
    const output = new Float32Array(Math.max(0, Math.ceil((input.length - this.half - this.position) / this.step)));
    let count = 0;
    let position = this.position;
    for (; Math.floor(position) + this.half < input.length; position += this.step) {
      const whole = Math.floor(position);
      const exact = (position - whole) * PHASES;
      const phase = Math.floor(exact);
      const share = exact - phase;
      const near = phase * taps;
      const far = near + taps;
      const first = whole - this.half + 1;
      let sum = 0;
      for (let k = 0; k < taps; k++) {
        sum += input[first + k] * (this.table[near + k] * (1 - share) + this.table[far + k] * share);
      }
      output[count++] = sum;
    }
    const done = Math.floor(position) - this.half + 1;
    this.waiting = input.slice(done);
    this.position = position - done;
    return output.subarray(0, count);
  }

  /** Returns the samples that were waiting for something to follow. */
  flush() {
    return this.process(new Float32Array(this.half));
  }
}

function phases(cutoff, half) {
  const taps = 2 * half;
  const table = new Float32Array((PHASES + 1) * taps);
  for (let phase = 0; phase <= PHASES; phase++) {
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const x = k - half + 1 - phase / PHASES;
      const value = cutoff * sinc(cutoff * x) * kaiser(x / half);
      table[phase * taps + k] = value;
      sum += value;
    }
    for (let k = 0; k < taps; k++) {
      table[phase * taps + k] /= sum; // silence stays silence, a constant stays itself
    }
  }
  return table;
}

function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x) {
  return Math.abs(x) >= 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA);
}

function bessel(x) {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
