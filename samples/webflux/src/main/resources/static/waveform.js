// The last seconds of the microphone as bars; those with speech in the accent's colour.

const BAR = 3;
const GAP = 2;

export class Waveform {
  constructor(canvas) {
    this.canvas = canvas;
    this.bars = [];
    this.colours = matchMedia('(prefers-color-scheme: dark)');
    this.colours.addEventListener('change', () => this.draw());
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  add(level, speech, live) {
    this.bars.push({ height: loudness(level), speech, live });
    this.bars.splice(0, this.bars.length - 400);
    if (!this.frame) {
      this.frame = requestAnimationFrame(() => {
        this.frame = null;
        this.draw();
      });
    }
  }

  clear() {
    this.bars = [];
    this.draw();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const scale = devicePixelRatio;
    this.canvas.width = width * scale;
    this.canvas.height = height * scale;
    const pen = this.canvas.getContext('2d');
    const style = getComputedStyle(this.canvas);
    const accent = style.getPropertyValue('--accent');
    const quiet = style.getPropertyValue('--faint');
    const line = style.getPropertyValue('--line');
    pen.scale(scale, scale);
    const count = Math.floor((width + GAP) / (BAR + GAP));
    for (let i = 0; i < count; i++) {
      const bar = this.bars[this.bars.length - count + i];
      const tall = bar ? Math.max(BAR, bar.height * height) : BAR;
      pen.fillStyle = !bar || !bar.live ? line : bar.speech ? accent : quiet;
      pen.beginPath();
      pen.roundRect(i * (BAR + GAP), (height - tall) / 2, BAR, tall, BAR / 2);
      pen.fill();
    }
  }
}

/** 0 for -60 dB and less, 1 for full scale. */
export function loudness(level) {
  return Math.max(0, Math.min(1, 1 + 20 * Math.log10(level + 1e-6) / 60));
}
