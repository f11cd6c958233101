// A run along time: its epochs as bands, its snapshots as marks, its steps as ticks in the epoch that recorded them.
import {clock, el, span, svg, words} from '/page/parts.js';

const EDGE = 10;
const BAND = {top: 22, height: 40};
const MARKS = 86;
const AXIS = 112;
const HEIGHT = 122;
const MARK_ROOM = 15;
const PATHS = {
  begin: 'M0-5a5 5 0 1 1 0 10a5 5 0 1 1 0-10z',
  go: 'M-4-5L6 0L-4 5z',
  lost: 'M-5-5L5 5M5-5L-5 5',
  fail: 'M0-6L6 0L0 6L-6 0z',
  end: 'M-5-5h10v10h-10z',
  other: 'M0-4a4 4 0 1 1 0 8a4 4 0 1 1 0-8z',
};

export class Timeline {
  #svg = svg('svg', {class: 'timeline', height: HEIGHT, role: 'group', 'aria-label': 'Timeline: snapshots from left to right'});
  #bands = svg('g', {'aria-hidden': 'true'});
  #leaders = svg('path', {class: 'leader', 'aria-hidden': 'true'});
  #marks = svg('g');
  #tip = el('div', {class: 'tip', role: 'tooltip', hidden: true});
  #note = el('p', {class: 'note'});
  /** @type {Map<number, SVGElement>} by seq: kept, so that the focus stays where it is */
  #known = new Map();
  #current = null;
  #run = null;

  constructor() {
    this.#svg.append(this.#bands, this.#leaders, this.#marks);
    this.element = el('div', {class: 'timeline-box'}, this.#svg, this.#tip);
    this.note = this.#note;
    this.#svg.addEventListener('keydown', event => this.#walk(event));
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  show(run) {
    this.#run = run;
    this.draw();
  }

  /** Draws what is known up to now. */
  draw() {
    const run = this.#run;
    const width = this.element.clientWidth;
    if (!run || !run.snapshots.length || !width) return;
    this.#svg.setAttribute('width', width);
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    const begin = Date.parse(run.snapshots[0].at);
    const end = Math.max(run.finishedAt ? Date.parse(run.finishedAt) : Date.now(), begin + 1);
    const scale = time => EDGE + (width - 2 * EDGE) * Math.min(1, Math.max(0, (time - begin) / (end - begin)));
    const phases = phasesOf(run.snapshots, end);
    this.#bands.replaceChildren(...axis(begin, end, scale), ...phases.flatMap(phase => band(phase, scale)),
      ...ticks(run.steps, phases, scale), ...phases.filter(phase => phase.held).flatMap(phase => ending(phase, scale)));
    this.#place(run.snapshots, scale, width);
    this.#tell(run, phases);
  }

  #tell(run, phases) {
    const held = phases.filter(phase => phase.held).length;
    const losses = run.snapshots.filter(snapshot => kind(snapshot) === 'lost').length;
    const parts = [`${run.snapshots.length} snapshots`, `held in ${held} ${held === 1 ? 'epoch' : 'epochs'}`];
    if (losses) parts.push(`lost ${['', 'once', 'twice'][losses] ?? losses + ' times'}`);
    if (run.steps.length) parts.push(run.steps.length === 1 ? '1 step' : `${run.steps.length} steps, spread evenly in the epoch that recorded them`);
    const text = parts.join(' · ');
    if (this.#note.textContent !== text) this.#note.textContent = text;
  }

  #place(snapshots, scale, width) {
    // Too many to stand side by side: the newest ones have marks, the table below has all.
    const room = Math.max(2, Math.floor((width - 2 * EDGE) / MARK_ROOM));
    const shown = snapshots.slice(-room);
    const xs = shown.map(snapshot => scale(Date.parse(snapshot.at)));
    const places = xs.map(x => Math.max(EDGE, x));
    for (let i = 1; i < places.length; i++) places[i] = Math.max(places[i], places[i - 1] + MARK_ROOM);
    for (let i = places.length - 1, limit = width - EDGE; i >= 0; i--, limit -= MARK_ROOM) places[i] = Math.min(places[i], limit);
    const stay = new Set(shown.map(snapshot => snapshot.seq));
    for (const [seq, mark] of this.#known) {
      if (!stay.has(seq)) {
        mark.remove();
        this.#known.delete(seq);
      }
    }
    let leaders = '';
    shown.forEach((snapshot, i) => {
      let mark = this.#known.get(snapshot.seq);
      if (!mark) this.#known.set(snapshot.seq, mark = this.#mark(snapshot));
      mark.setAttribute('transform', `translate(${places[i].toFixed(1)} ${MARKS})`);
      leaders += `M${xs[i].toFixed(1)} ${BAND.top + BAND.height + 2}L${places[i].toFixed(1)} ${MARKS - 9}`;
    });
    this.#leaders.setAttribute('d', leaders);
    if (!this.#known.has(this.#current)) this.#enter(shown.at(-1).seq);
  }

  #mark(snapshot) {
    const text = describe(snapshot);
    const mark = svg('g', {class: `mark ${kind(snapshot)}`, role: 'img', 'aria-label': text.join(', '), tabindex: '-1', 'data-seq': snapshot.seq},
      svg('rect', {x: -8, y: -14, width: 16, height: 28, class: 'target'}), svg('path', {d: PATHS[kind(snapshot)]}));
    const enter = () => this.#open(mark, text);
    const leave = () => { this.#tip.hidden = true; };
    mark.addEventListener('mouseenter', enter);
    mark.addEventListener('mouseleave', leave);
    mark.addEventListener('focus', enter);
    mark.addEventListener('blur', leave);
    this.#marks.append(mark);
    return mark;
  }

  #open(mark, [head, ...lines]) {
    this.#tip.replaceChildren(el('strong', {}, head), ...lines.map(line => el('span', {}, line)));
    this.#tip.hidden = false;
    const x = mark.transform.baseVal.consolidate().matrix.e;
    const room = this.element.clientWidth - this.#tip.offsetWidth;
    this.#tip.style.left = `${Math.max(0, Math.min(room, x - this.#tip.offsetWidth / 2))}px`;
    this.#tip.style.top = `${MARKS + 16}px`;
  }

  /** One stop of the tab key; the arrows walk from there. */
  #walk(event) {
    const seqs = [...this.#known.keys()].sort((a, b) => a - b);
    const at = seqs.indexOf(this.#current);
    const to = {ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: seqs.length - 1}[event.key];
    if (to === undefined || seqs[to] === undefined) return;
    event.preventDefault();
    this.#enter(seqs[to]);
    this.#known.get(seqs[to]).focus();
  }

  #enter(seq) {
    this.#known.get(this.#current)?.setAttribute('tabindex', '-1');
    this.#current = seq;
    this.#known.get(seq).setAttribute('tabindex', '0');
  }
}

/** What a snapshot's cause amounts to. Its first word is the command. */
export function kind(snapshot) {
  if (snapshot.cause.startsWith('lost')) return 'lost';
  if (snapshot.state === 'FINISHED') return snapshot.outcome === 'SUCCEEDED' ? 'end' : 'fail';
  if (snapshot.cause.startsWith('fail')) return 'fail';
  if (snapshot.state === 'RUNNING' || snapshot.state === 'STARTING') return 'go';
  return snapshot.seq === 1 ? 'begin' : 'other';
}

function describe(snapshot) {
  return [`${snapshot.seq} · ${words(snapshot.outcome ?? snapshot.state)}`, snapshot.cause,
    `epoch ${snapshot.epoch}, attempt ${snapshot.attempt}, ${clock(snapshot.at)}`];
}

/** Stretches of one epoch, of the same being held or not. */
function phasesOf(snapshots, end) {
  const phases = [];
  snapshots.forEach((snapshot, i) => {
    if (snapshot.state === 'FINISHED') return;
    const from = Date.parse(snapshot.at);
    const next = snapshots[i + 1];
    const to = next ? Date.parse(next.at) : end;
    const held = snapshot.state !== 'QUEUED' && snapshot.epoch > 0 && !snapshot.cause.startsWith('give up');
    const last = phases.at(-1);
    if (last && last.epoch === snapshot.epoch && last.held === held) last.to = to;
    else phases.push({epoch: snapshot.epoch, attempt: snapshot.attempt, held, from, to});
    phases.at(-1).end = next ? kind(next) : 'open';
  });
  let index = 0;
  for (const phase of phases) if (phase.held) phase.index = index++;
  return phases;
}

function band(phase, scale) {
  const x = scale(phase.from);
  const width = Math.max(scale(phase.to) - x, phase.held ? 2 : 0);
  const {top, height} = BAND;
  if (!phase.held) {
    return [svg('path', {class: 'waiting', d: `M${x} ${top + height / 2}H${x + width}`})];
  }
  const parts = [svg('rect', {class: `band ${phase.index % 2 ? 'odd' : 'even'} ${phase.end === 'open' ? 'open' : ''}`, x, y: top, width, height, rx: Math.min(4, width / 2)})];
  const label = width > 58 ? `epoch ${phase.epoch}` : width > 14 ? String(phase.epoch) : '';
  if (label) parts.push(svg('text', {class: 'epoch-label', x: x + 1, y: top - 7}, label));
  return parts;
}

/** How a band ended, unless by success: torn off, or with a bar. On top of everything. */
function ending(phase, scale) {
  const {top, height} = BAND;
  const x = Math.max(scale(phase.to), scale(phase.from) + 2);
  if (phase.end === 'fail') return [svg('path', {class: 'failed', d: `M${x} ${top - 2}V${top + height + 2}`})];
  if (phase.end !== 'lost') return [];
  let zigzag = `M${x} ${top - 4}`;
  for (let y = top, side = 3; y <= top + height + 4; y += 6, side = -side) zigzag += `L${x + side} ${y}`;
  return [svg('path', {class: 'break', d: zigzag})];
}

/** All ticks of a status on one path, and never two on one half pixel: thousands of steps cost what hundreds do. */
function ticks(steps, phases, scale) {
  const byEpoch = new Map();
  for (const step of steps) {
    if (byEpoch.has(step.epoch)) byEpoch.get(step.epoch).push(step);
    else byEpoch.set(step.epoch, [step]);
  }
  const paths = {DONE: '', TIMED_OUT: '', FAILED: '', PENDING: '', CANCELLED: ''};
  const {top, height} = BAND;
  for (const [epoch, recorded] of byEpoch) {
    const phase = phases.find(p => p.held && p.epoch === epoch);
    if (!phase) continue;
    const from = scale(phase.from);
    const room = Math.max(scale(phase.to) - from, 2);
    let last = {};
    recorded.forEach((step, i) => {
      const x = Math.round((from + room * (i + 0.5) / recorded.length) * 2) / 2;
      if (last[step.status] === x) return;
      last[step.status] = x;
      paths[step.status] += `M${x} ${top + 9}v${height - 18}`;
    });
  }
  return Object.entries(paths).filter(([, d]) => d).map(([status, d]) => svg('path', {class: `ticks ${status.toLowerCase()}`, d}));
}

const UNITS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
  600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000];

function axis(begin, end, scale) {
  const wanted = (end - begin) / Math.max(2, Math.floor((scale(end) - scale(begin)) / 90));
  const unit = UNITS.find(u => u >= wanted) ?? Math.ceil(wanted / 86_400_000) * 86_400_000;
  const parts = [];
  let lines = '';
  for (let time = 0; time <= end - begin; time += unit) {
    const x = scale(begin + time);
    lines += `M${x.toFixed(1)} ${BAND.top - 4}V${MARKS + 12}`;
    const anchor = time === 0 ? 'start' : x > scale(end) - 16 ? 'end' : 'middle';
    parts.push(svg('text', {class: 'axis', x, y: AXIS + 4, 'text-anchor': anchor}, time === 0 ? '0' : span(time).replace('.0 ', ' ')));
  }
  return [svg('path', {class: 'grid', d: lines}), ...parts];
}
