// The text of a run as it comes, folded.
import {el, say} from '/page/parts.js';
import {watchRun} from '/holdfast.js';

/** More chunks than this are folded but not shown: a page cannot hold what a run can send. */
const SHOWN = 3000;
const FADE = 1500;
const TOGETHER = 30;
const CALM = window.matchMedia('(prefers-reduced-motion: reduce)');

export class StreamView {
  #id;
  #changed;
  /** @type {Map<object, HTMLElement>} in the order of the text */
  #spans = new Map();
  #hidden = 0;
  #fresh = document.createDocumentFragment();
  #flushing = 0;
  #watching;
  #text = el('pre', {class: 'text', tabindex: '0', 'aria-label': 'Text'});
  #empty = el('p', {class: 'empty'}, 'Waiting for the stream…');
  #status = el('span', {class: 'soft'});
  #rewound = el('span', {class: 'rewound', role: 'status'});
  #more = el('p', {class: 'note', hidden: true});
  #clearing = 0;

  /** @param changed called when the run has changed its state or has recorded something */
  constructor(id, changed) {
    this.#id = id;
    this.#changed = changed;
    this.#text.hidden = true;
    this.element = el('section', {class: 'panel stream', 'aria-label': 'Stream'},
      el('div', {class: 'panel-head'}, el('h2', {}, 'Text'), this.#status, this.#rewound),
      this.#more, this.#text, this.#empty);
    this.#watching = watchRun(id, {onChange: change => this.#take(change), onConnection: now => this.#connected(now)});
  }

  close() {
    this.#watching.close();
  }

  #connected({state, detail}) {
    say(this.#status, {live: 'live', lost: 'connecting again…', done: 'complete', refused: detail}[state] ?? '');
    if (state === 'refused') this.#changed();
  }

  #take(change) {
    if (change.added) this.#append(change.added);
    if (change.dropped.length) this.#drop(change.dropped);
    if (!this.#spans.size) {
      this.#empty.hidden = false;
      say(this.#empty, change.done ? 'This run has sent nothing that stands.' : 'Nothing that stands was sent yet.');
    }
    if (!change.added) this.#changed();
  }

  #append(chunk) {
    const piece = chunk.missing
      ? el('span', {class: 'missing'}, `⋯ ${chunk.missing} entries are gone here ⋯\n`)
      : el('span', {title: `step ${chunk.step}, epoch ${chunk.epoch}`}, chunk.text);
    this.#spans.set(chunk, piece);
    this.#fresh.append(piece);
    this.#flushing ||= setTimeout(() => this.#flush(), TOGETHER);
    if (this.#spans.size > SHOWN) {
      const [oldest, its] = this.#spans.entries().next().value;
      its.remove();
      this.#spans.delete(oldest);
      this.#hidden++;
    }
  }

  /** Many chunks at once: each by itself would cost a layout of all of them. */
  #flush() {
    this.#flushing = 0;
    this.#text.hidden = false;
    this.#empty.hidden = true;
    const atEnd = this.#text.scrollHeight - this.#text.scrollTop - this.#text.clientHeight < 24;
    this.#text.append(this.#fresh);
    this.#more.hidden = this.#hidden === 0;
    say(this.#more, `${this.#hidden} earlier chunks are not shown here; holdfast follow ${this.#id} has all.`);
    if (atEnd) this.#text.scrollTop = this.#text.scrollHeight;
  }

  #drop(chunks) {
    for (const chunk of chunks) {
      const piece = this.#spans.get(chunk);
      if (!piece) continue;
      this.#spans.delete(chunk);
      if (CALM.matches) {
        piece.remove();
      } else {
        piece.className = 'dropped';
        setTimeout(() => piece.remove(), FADE);
      }
    }
    say(this.#rewound, `↶ rewound: ${chunks.length} ${chunks.length === 1 ? 'chunk' : 'chunks'} did not stand`);
    clearTimeout(this.#clearing);
    this.#clearing = setTimeout(() => say(this.#rewound, ''), 6000);
  }
}
