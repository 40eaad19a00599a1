// When each moment of the audio was spoken, by the page's clock; there are holes where nobody holds the button.

export class Timeline {
  constructor() {
    this.marks = []; // { position, at }: audio that followed on `position` was spoken from `at` on
    this.end = 0;
    this.lastAt = 0;
    this.paused = true;
  }

  /** The next piece does not follow on the last one. */
  pause() {
    this.paused = true;
  }

  /** The piece that ends at `position` was spoken by now. */
  heard(length, now) {
    const position = this.end;
    this.end += length;
    // Within a stretch the earliest delivery tells best: deliveries jitter, audio does not. Unless the computer slept.
    if (this.paused || now - this.lastAt > 2000) {
      this.paused = false;
      this.marks.push({ position, at: now - length });
    } else {
      const mark = this.marks.at(-1);
      mark.at = Math.min(mark.at, now - (this.end - mark.position));
    }
    this.lastAt = now;
  }

  /** When that position was spoken. */
  at(position) {
    const mark = this.marks.findLast(each => each.position <= position) ?? this.marks[0];
    return mark ? mark.at + position - mark.position : undefined;
  }
}
