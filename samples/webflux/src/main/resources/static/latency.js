// How late the captions are, utterance by utterance.

const SHOWN = 12;
const WIDTH = 320;
const HEIGHT = 132;
const LEFT = 46;
const TOP = 8;
const BOTTOM = 18;

export class LatencyChart {
  constructor(figure) {
    this.figure = figure;
    this.svg = figure.querySelector('svg');
    this.firstText = figure.querySelector('.first dd');
    this.finalText = figure.querySelector('.final dd');
    this.clear();
  }

  clear() {
    this.measured = [];
    this.draw();
  }

  /** Adds an utterance: ms from its beginning to its first words, and from its end to its final; undefined if unknown. */
  add(first, final) {
    this.measured.push({ first, final });
    this.draw();
  }

  draw() {
    const first = median(this.measured.map(each => each.first));
    const final = median(this.measured.map(each => each.final));
    show(this.firstText, first);
    show(this.finalText, final);
    this.figure.dataset.count = this.measured.length;
    this.svg.setAttribute('aria-label', this.measured.length === 0
      ? 'No utterance measured yet'
      : `${this.measured.length} utterances: first words after ${words(first)}, final ${words(final)} after the end of speech, by the median`);
    this.svg.replaceChildren(...this.picture());
  }

  picture() {
    const shown = this.measured.slice(-SHOWN);
    const top = nice(Math.max(500, ...shown.flatMap(({ first = 0, final = 0 }) => [first, final])));
    const y = ms => HEIGHT - BOTTOM - ms / top * (HEIGHT - BOTTOM - TOP);
    const marks = [0, top / 2, top].flatMap(ms => [
      element('line', { class: 'grid', x1: LEFT, x2: WIDTH, y1: y(ms), y2: y(ms) }),
      element('text', { x: LEFT - 8, y: y(ms) + 3.5, 'text-anchor': 'end' }, seconds(ms)),
    ]);
    const slot = (WIDTH - LEFT) / SHOWN;
    const bars = shown.flatMap(({ first, final }, i) => {
      const x = LEFT + slot * i + slot / 2;
      const number = this.measured.length - shown.length + i + 1;
      return [
        bar('first', x - 7.5, first, y, `first words of utterance ${number}`),
        bar('final', x + 0.5, final, y, `final of utterance ${number}`),
        element('text', { x, y: HEIGHT - 4, 'text-anchor': 'middle' }, String(number)),
      ];
    });
    return [...marks, ...bars.filter(Boolean)];
  }
}

function bar(kind, x, ms, y, what) {
  if (ms === undefined) {
    return null;
  }
  const height = Math.max(1.5, y(0) - y(ms));
  const rect = element('rect', { class: kind, x, y: y(0) - height, width: 7, height, rx: 1.5 });
  rect.append(element('title', {}, `${what}: ${Math.round(ms)} ms`));
  return rect;
}

function element(name, attributes, text) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  if (text) {
    made.textContent = text;
  }
  return made;
}

function show(where, ms) {
  if (ms === undefined) {
    where.textContent = '–';
    return;
  }
  const unit = document.createElement('small');
  unit.textContent = ms < 9999.5 ? 'ms' : 's';
  where.replaceChildren(ms < 9999.5 ? String(Math.round(ms)) : (ms / 1000).toFixed(1), ' ', unit);
}

function words(ms) {
  return ms === undefined ? 'an unknown time' : `${Math.round(ms)} ms`;
}

function seconds(ms) {
  return ms === 0 ? '0' : `${(ms / 1000).toFixed(ms % 1000 === 0 ? 0 : ms % 100 === 0 ? 1 : 2)} s`;
}

function nice(ms) {
  return [500, 1000, 1500, 2000, 3000, 4000, 6000, 8000, 10_000].find(step => step >= ms) ?? Math.ceil(ms / 10_000) * 10_000;
}

function median(values) {
  const known = values.filter(value => value !== undefined).sort((a, b) => a - b);
  const middle = known.length >> 1;
  return known.length % 2 === 1 ? known[middle] : known.length > 0 ? (known[middle - 1] + known[middle]) / 2 : undefined;
}
