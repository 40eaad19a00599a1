'use strict';

const SVG = 'http://www.w3.org/2000/svg';

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
};

const draw = (name, attributes = {}, text = '') => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.textContent = text;
  return element;
};

const position = (ms, digits = 1) => {
  const tenths = Math.round(ms / 100);
  const two = n => String(n).padStart(2, '0');
  const hours = Math.floor(tenths / 36000);
  return (hours ? hours + ':' : '') + two(Math.floor(tenths / 600) % 60) + ':' + two(Math.floor(tenths / 10) % 60)
      + (digits ? '.' + tenths % 10 : '');
};

/** The round step of which about so many fit. */
const step = (length, wanted, steps) => steps.find(s => length / s <= wanted) ?? steps[steps.length - 1];

const SECONDS = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 86400].map(s => s * 1000);
const LATENCIES = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 1e6];

class Session {
  constructor(section, data, index) {
    this.data = data;
    this.index = index;
    this.length = Math.max(1, data.audio, ...data.utterances.map(u => u.end ?? u.start ?? 0));
    this.rows = data.utterances.map((_, i) => document.getElementById(`s${index}u${i}`));
    this.buttons = new Map();
    this.dots = [];
    this.chosen = -1;
    const drawn = section.querySelector('.drawn');
    if (!data.audio) {
      return;
    }
    drawn.append(this.waveform(), this.tools(), this.detail());
    if (data.utterances.some(u => u.first !== undefined || u.final !== undefined)) {
      drawn.append(make('h3', {}, 'Latency'), this.plots());
    }
    drawn.hidden = false;
    this.table(section.querySelector('.transcript'));
    new ResizeObserver(() => this.resized()).observe(drawn);
  }

  percent(ms) {
    return `${100 * Math.min(ms, this.length) / this.length}%`;
  }

  place(element, start, end) {
    element.style.left = this.percent(start);
    element.style.width = `${100 * Math.max(0, Math.min(end, this.length) - start) / this.length}%`;
  }

  waveform() {
    const { low, high, bucket } = this.data.peaks;
    const loudest = Math.max(500, ...high, ...low.map(l => -l));
    const width = this.length / bucket;
    const y = sample => (50 - 47 * sample / loudest).toFixed(1);
    const svg = draw('svg', { viewBox: `0 0 ${width} 100`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    svg.append(draw('line', { class: 'middle', x1: 0, x2: width, y1: 50, y2: 50, 'vector-effect': 'non-scaling-stroke' }));
    let path = '';
    for (let i = 0; i < high.length; i++) {
      path += `${i ? 'L' : 'M'}${i} ${y(high[i])}H${i + 1}`;
    }
    for (let i = high.length - 1; i >= 0; i--) {
      path += `L${i + 1} ${y(low[i] - loudest / 150)}H${i}`;
    }
    svg.append(draw('path', { class: 'wave', d: path + 'Z' }));

    this.regions = make('div', { class: 'regions' });
    for (const mark of this.data.marks) {
      const shown = make('div', { class: `mark ${mark.kind}`, title: mark.words });
      this.place(shown, mark.start, mark.end);
      this.regions.append(shown);
    }
    this.data.utterances.forEach((utterance, i) => {
      if (utterance.start === undefined) {
        return;
      }
      const end = utterance.end ?? this.length;
      const label = `${position(utterance.start)} to ${position(end)}: ${utterance.text || utterance.state}`;
      const button = make('button', {
        type: 'button', class: utterance.state, title: label, 'aria-label': label, 'aria-pressed': 'false', 'data-testid': 'region',
      });
      this.place(button, utterance.start, end);
      button.addEventListener('click', () => this.choose(i));
      this.buttons.set(i, button);
      this.regions.append(button);
    });
    this.axis = make('div', { class: 'axis', 'aria-hidden': 'true' });
    this.strip = make('div', { class: 'strip' }, svg, this.regions, this.axis);
    this.scroll = make('div', { class: 'scroll', role: 'group', 'aria-label': 'Waveform with utterances' }, this.strip);
    return this.scroll;
  }

  tools() {
    const zoom = make('input', { type: 'range', min: 0, max: 6, step: 0.5, value: 0, 'data-testid': 'zoom' });
    zoom.addEventListener('input', () => {
      const middle = (this.scroll.scrollLeft + this.scroll.clientWidth / 2) / this.scroll.scrollWidth;
      this.strip.style.width = `${100 * 2 ** zoom.value}%`;
      this.scroll.scrollLeft = middle * this.scroll.scrollWidth - this.scroll.clientWidth / 2;
      this.ticks();
    });
    const tools = make('div', { class: 'tools' }, make('label', {}, 'Zoom', zoom), make('span', { class: 'key' }, 'utterance'));
    if (this.data.utterances.some(u => u.state !== 'final')) {
      tools.append(make('span', { class: 'key bad' }, 'without a final'));
    }
    if (this.data.marks.some(m => m.kind === 'reconnect')) {
      tools.append(make('span', { class: 'key second' }, 'reconnected'));
    }
    if (this.data.marks.some(m => m.kind === 'lost')) {
      tools.append(make('span', { class: 'key bad' }, 'audio lost (hatched)'));
    }
    return tools;
  }

  ticks() {
    const wanted = Math.max(2, Math.floor(this.strip.clientWidth / 90));
    const every = step(this.length, wanted, SECONDS);
    this.axis.replaceChildren();
    for (let at = 0; at < this.length - every * 0.6; at += every) {
      const tick = make('span', {}, position(at, every < 1000));
      tick.style.left = this.percent(at);
      this.axis.append(tick);
    }
    const last = make('span', { class: 'last' }, position(this.length));
    last.style.left = '100%';
    this.axis.append(last);
  }

  detail() {
    this.panel = make('div', { class: 'detail', 'aria-live': 'polite', 'data-testid': 'detail' },
        make('p', { class: 'when' }, 'Choose an utterance, on the waveform or in the transcript, to see how it came about.'));
    return this.panel;
  }

  choose(i) {
    this.buttons.get(this.chosen)?.setAttribute('aria-pressed', 'false');
    this.rows[this.chosen]?.removeAttribute('aria-selected');
    this.chosen = i;
    this.buttons.get(i)?.setAttribute('aria-pressed', 'true');
    this.rows[i]?.setAttribute('aria-selected', 'true');
    for (const [at, dot] of this.dots) {
      dot.classList.toggle('chosen', at === i);
    }
    this.panel.replaceChildren(...this.story(this.data.utterances[i]));
    this.panel.scrollIntoView({ block: 'nearest' });
  }

  story(utterance) {
    const said = make('p', { class: 'said', dir: 'auto' }, utterance.text || '(no text)');
    const facts = [];
    if (utterance.start !== undefined) {
      facts.push(`${position(utterance.start)} to ${utterance.end === undefined ? 'unknown' : position(utterance.end)}`);
    }
    if (utterance.first !== undefined) {
      facts.push(`first partial after ${utterance.first} ms`);
    }
    if (utterance.final !== undefined) {
      facts.push(`final ${utterance.final} ms after the end of speech`);
    }
    if (utterance.language) {
      facts.push(utterance.language);
    }
    if (utterance.failure) {
      facts.push(`not transcribed: ${utterance.failure}`);
    }
    const cell = (content, name) => make('td', name ? { class: name } : {}, content);
    const body = make('tbody');
    for (const [arrived, heard, text, stash] of utterance.partials) {
      const words = make('td', { class: 'text', dir: 'auto' }, text, make('span', { class: 'stash' }, stash));
      body.append(make('tr', { 'data-testid': 'partial' }, cell(position(arrived), 'time'), cell(position(heard), 'time'), words));
    }
    if (utterance.settled !== undefined) {
      const words = make('td', { class: 'text', dir: 'auto' }, make('strong', {}, utterance.failure ? 'failed' : utterance.text));
      body.append(make('tr', {}, cell(position(utterance.settled), 'time'), cell(utterance.failure ? 'failed' : 'final', 'time'), words));
    }
    const head = make('thead', {}, make('tr', {}, ...['Arrived', 'Audio sent', 'Text'].map(name => make('th', { scope: 'col' }, name))));
    const parts = [said, make('p', { class: 'when' }, facts.join(' · '))];
    if (utterance.leftOut) {
      parts.push(make('p', { class: 'when' }, `${utterance.leftOut} of its partials are left out.`));
    }
    parts.push(make('div', { class: 'history', tabindex: 0 }, make('table', {}, head, body)));
    return parts;
  }

  table(table) {
    if (!table) {
      return;
    }
    table.classList.add('live');
    this.rows.forEach((row, i) => {
      row.tabIndex = 0;
      row.addEventListener('click', () => this.choose(i));
      row.addEventListener('keydown', event => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          this.choose(i);
        }
      });
    });
  }

  plots() {
    this.figures = [['first', 'First partial after the beginning of speech'], ['final', 'Final after the end of speech']]
        .filter(([name]) => this.data.utterances.some(u => u[name] !== undefined))
        .map(([name, words]) => {
          const svg = draw('svg', { role: 'img', 'aria-label': words, 'data-testid': `plot-${name}` });
          return { name, svg, figure: make('figure', {}, make('figcaption', {}, words), svg) };
        });
    return make('div', { class: 'plots' }, ...this.figures.map(f => f.figure));
  }

  plot({ name, svg }) {
    const width = svg.clientWidth;
    const height = svg.clientHeight;
    const points = this.data.utterances.map((u, i) => ({ i, at: (name === 'first' ? u.start : u.end) ?? u.start, ms: u[name] }))
        .filter(p => p.ms !== undefined && p.at !== undefined);
    const top = Math.max(1, ...points.map(p => p.ms));
    const every = step(top, 4, LATENCIES);
    const ceiling = Math.ceil(top / every) * every;
    const left = 48;
    const bottom = 20;
    const x = ms => left + (width - left - 8) * ms / this.length;
    const y = ms => 8 + (height - bottom - 8) * (1 - ms / ceiling);
    svg.replaceChildren();
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    for (let ms = 0; ms <= ceiling; ms += every) {
      svg.append(draw('line', { class: 'grid', x1: left, x2: width, y1: y(ms), y2: y(ms) }));
      svg.append(draw('text', { x: left - 6, y: y(ms) + 4, 'text-anchor': 'end' }, ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`));
    }
    const sorted = points.map(p => p.ms).sort((a, b) => a - b);
    const median = sorted[Math.ceil(sorted.length / 2) - 1];
    svg.append(draw('line', { class: 'median', x1: left, x2: width, y1: y(median), y2: y(median) }));
    for (const p of points) {
      const dot = draw('circle', { cx: x(p.at), cy: y(p.ms), r: points.length > 400 ? 2 : 4, 'data-testid': `dot-${name}` });
      dot.append(draw('title', {}, `${position(p.at)}: ${p.ms} ms`));
      dot.addEventListener('click', () => this.choose(p.i));
      dot.classList.toggle('chosen', p.i === this.chosen);
      this.dots.push([p.i, dot]);
      svg.append(dot);
    }
    svg.append(draw('text', { class: 'median-words', x: width - 2, y: y(median) - 5, 'text-anchor': 'end' }, `median ${median} ms`));
    svg.append(draw('text', { x: left, y: height - 4 }, position(0)));
    svg.append(draw('text', { x: width - 2, y: height - 4, 'text-anchor': 'end' }, position(this.length)));
  }

  resized() {
    this.ticks();
    this.dots = [];
    this.figures?.forEach(figure => this.plot(figure));
  }
}

const sessions = JSON.parse(document.getElementById('data').textContent);
document.querySelectorAll('.session').forEach((section, index) => new Session(section, sessions[index], index));
