// A turn of a conversation: what was said, and the answer as it comes.
import {el, say, span} from '/page/parts.js';

const ENDED = {
  CANCELLED: 'Stopped',
  EXPIRED: 'Not begun in time',
  TIMED_OUT: 'It took too long',
  FAILED: 'Failed',
  CRASHED: 'Failed',
  SYSTEM_FAILURE: 'Failed',
  DELETED: 'Deleted',
};
const UNTROUBLED = new Set(['SUCCEEDED', 'CANCELLED', 'DELETED']);
const NOTED = 8000;

export class TurnView {
  #said = el('div', {class: 'said', hidden: true});
  #standing = el('span', {class: 'standing'});
  /** What was taken back, until there is as much of the new text: so nothing jumps. */
  #ghost = el('span', {class: 'ghost', 'aria-hidden': 'true'});
  #caret = el('span', {class: 'caret', 'aria-hidden': 'true', hidden: true});
  #answer = el('div', {class: 'answer'}, this.#standing, this.#ghost, this.#caret);
  #state = el('span', {class: 'state', role: 'status'});
  #again = el('button', {type: 'button', class: 'quiet', hidden: true}, 'Try again');
  #run = el('a', {class: 'of', hidden: true}, 'run');
  #rewound = el('span', {class: 'rewound', role: 'status'});
  #message = null;
  #snapshot = null;
  #done = false;
  #gone = false;
  #place = -1;
  /** Whether it is not in line, and nobody has told what became of it. */
  #left = false;
  #stopping = false;
  #rewinds = 0;
  #text = '';
  #before = '';
  #clearing = 0;

  /** @param run null while nobody has answered that it was said */
  constructor(run) {
    this.run = run;
    this.element = el('article', {class: 'turn', 'data-run': run}, this.#said, this.#answer,
      el('div', {class: 'meta'}, this.#state, this.#again, this.#rewound, this.#run));
    if (run) this.#run.href = `/runs/${encodeURIComponent(run)}`;
    this.#show();
  }

  /** Whether something is to be read that nobody tells: what was said, or how it has ended. */
  get wants() {
    if (this.run === null || this.#gone) return false;
    if (this.#said.hidden || this.#left) return true;
    return this.#done && this.#outcome() !== 'CANCELLED' && !this.#message?.finishedAt;
  }

  /** Whether it has had its turn, and was not just ended before. */
  get hasStarted() {
    return Boolean(this.#message?.startedAt || this.#snapshot?.epoch > 0);
  }

  /** Whether it has ended, and nothing is known of what it had sent until then. */
  get isUntold() {
    return this.#done && this.#text === '' && this.#outcome() !== 'SUCCEEDED' && Boolean(this.#message?.startedAt);
  }

  /** What it had sent until it ended. */
  recall(text) {
    this.#put(text);
    this.#show();
  }

  /** Whether it is answered now. */
  get isLive() {
    return this.hasStarted && !this.#done;
  }

  /** Whether it was said, and others are before it. */
  get isWaiting() {
    return this.run !== null && !this.hasStarted && !this.#done && (this.#place >= 0 || this.#message !== null);
  }

  said(text) {
    this.#said.hidden = false;
    say(this.#said, text);
    this.#show();
  }

  /** As it is stored. */
  tell(message) {
    this.#message = message;
    this.#gone = this.#left = false;
    this.said(worded(message.input));
    if (!message.finishedAt) return this.#show();
    // Settled: what is told again of it changes nothing.
    if (typeof message.output === 'string' && this.#text === '') this.#put(message.output);
    this.#done = true;
    this.#show();
  }

  /** As it is told. @param {import('/holdfast.js').Turn} turn */
  hear(turn) {
    if (this.#message?.finishedAt) return;
    this.#snapshot = turn.snapshot ?? this.#snapshot;
    this.#done = turn.done;
    this.#gone = turn.gone;
    this.#left = false;
    if (turn.rewinds > this.#rewinds) this.#rewind(turn);
    this.#put(turn.text);
    this.#show();
  }

  /** @param place in the line, from 0 on */
  wait(place) {
    this.#place = place;
    this.#show();
  }

  /** It is not in line. Whether it has begun, or is gone, is told or to be read. */
  leave() {
    this.#place = -1;
    this.#left = !this.hasStarted && !this.#done;
    this.#show();
  }

  /** It was deleted. */
  gone() {
    this.#gone = this.#done = true;
    this.#show();
  }

  stopping() {
    this.#stopping = true;
    this.#show();
  }

  sending() {
    this.#again.hidden = true;
    this.element.classList.remove('unsent');
    say(this.#state, 'Sending…');
  }

  /** @param again called to try it once more */
  unsent(why, again) {
    this.element.classList.add('unsent');
    say(this.#state, `Not sent: ${why}`);
    this.#again.hidden = false;
    this.#again.onclick = again;
  }

  #rewind(turn) {
    this.#rewinds = turn.rewinds;
    if (this.#text.length > this.#before.length) this.#before = this.#text;
    const epoch = turn.snapshot?.epoch ?? 1;
    say(this.#rewound, epoch > 1 ? `↶ taken over (epoch ${epoch}): asked again` : '↶ broke off: asked again');
    clearTimeout(this.#clearing);
    this.#clearing = setTimeout(() => say(this.#rewound, ''), NOTED);
  }

  #put(text) {
    // What is only longer is added, so that a selection stays.
    if (this.#text !== '' && text.startsWith(this.#text) && this.#standing.lastChild) {
      if (text.length > this.#text.length) this.#standing.lastChild.appendData(text.slice(this.#text.length));
    } else {
      say(this.#standing, text);
    }
    this.#text = text;
    const left = this.#done ? '' : this.#before.slice(text.length);
    if (left === '') this.#before = '';
    say(this.#ghost, left);
  }

  #show() {
    this.#caret.hidden = !this.isLive;
    this.#answer.hidden = this.#text === '' && this.#before === '' && this.#caret.hidden;
    this.element.classList.toggle('live', this.isLive);
    if (this.run !== null) say(this.#state, this.#word());
    this.element.classList.toggle('failed', this.#done && !UNTROUBLED.has(this.#outcome()));
    this.element.dataset.state = this.#done ? this.#outcome() ?? 'DONE' : this.isWaiting ? 'WAITING' : 'LIVE';
    this.#run.hidden = this.run === null || this.#gone;
  }

  #outcome() {
    if (this.#gone) return 'DELETED';
    return this.#message?.outcome ?? this.#snapshot?.outcome;
  }

  #word() {
    if (this.#done) {
      const outcome = this.#outcome();
      if (outcome === 'SUCCEEDED') return this.#took();
      const why = this.#message?.error?.message;
      return (ENDED[outcome] ?? '') + (why && outcome !== 'CANCELLED' ? `: ${why}` : '');
    }
    if (this.#stopping) return 'Stopping…';
    if (this.isWaiting) return this.#line();
    const {state, attempt} = this.#snapshot ?? {};
    if (state === 'BLOCKED') return 'Waits…';
    if (state === 'STOPPING') return 'Stopping…';
    if (state === 'QUEUED' && attempt > 1) return 'Tries again…';
    return '';
  }

  #line() {
    if (this.#place < 0) return 'Waits for its turn';
    return this.#place === 0 ? 'Waits for its turn: it is the next' : `Waits for its turn: ${this.#place} before it in line`;
  }

  #took() {
    const {startedAt, finishedAt} = this.#message ?? {};
    return startedAt && finishedAt ? span(Date.parse(finishedAt) - Date.parse(startedAt)) : '';
  }
}

/** What was said: the message, if the input has one as chat's has; otherwise all of it. */
function worded(input) {
  if (typeof input === 'string') return input;
  return typeof input?.message === 'string' ? input.message : JSON.stringify(input);
}
