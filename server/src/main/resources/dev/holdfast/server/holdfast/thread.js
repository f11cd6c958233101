// Watches a conversation.
import {EVENTS, Fold} from './fold.js';
import {bases} from './http.js';
import {Line} from './line.js';

/**
 * A turn of a conversation.
 * @typedef {object} Turn
 * @property {string} run its id
 * @property {string} text what stands of the answer
 * @property {?object} snapshot the newest state of the run
 * @property {boolean} done whether nothing more comes
 * @property {boolean} gone whether it was deleted before its end was told
 * @property {number} rewinds how often something was taken back
 */

/**
 * Watches a conversation, turn by turn, until it is closed.
 *
 * @param {string} thread its id
 * @param {import('./http.js').Where & import('./line.js').Told & {
 *   queue?: string,
 *   onTurn?: (turn: Turn, turns: Turn[]) => void,
 *   onWaiting?: (runs: string[]) => void,
 * }} [options] `onTurn` gets each turn of which something has changed. `onWaiting` gets the ids of the turns that wait for
 *     theirs, each time they are others; the first hundred, if they are more
 * @returns {ThreadWatch}
 */
export function watchThread(thread, options = {}) {
  return new ThreadWatch(thread, options);
}

/** Somebody who watches a conversation; see {@link watchThread}. */
export class ThreadWatch {
  /** @type {Map<string, {fold: Fold, turn: Turn, last: ?string}>} in the order in which they had their turn */
  #turns = new Map();
  /** @type {Set<Turn>} */
  #changed = new Set();
  /** @type {string[]} */
  #waiting = [];
  #line;
  #options;
  #lost = 0;
  /** @type {?string} no turn before this run is told, if it was asked to begin later than with the first */
  #least = null;

  constructor(thread, options) {
    this.thread = thread;
    this.#options = options;
    const path = `/v1/threads/${encodeURIComponent(thread)}/stream`;
    const query = options.queue ? `?queue=${encodeURIComponent(options.queue)}` : '';
    const urls = bases(options).map(base => base + path + query);
    this.#line = new Line(urls, options, {
      take: (event, data, id) => this.#take(event, data, id),
      told: () => this.#told(),
      instead: last => this.#instead(last),
    });
  }

  /** @returns {Turn[]} those that were told here, in the order in which they had their turn */
  get turns() {
    return [...this.#turns.values()].map(each => each.turn);
  }

  /** @returns {string[]} the runs that wait for their turn */
  get waiting() {
    return this.#waiting;
  }

  /** The id of the last event that was received: where another watcher can go on. */
  get position() {
    return this.#line.last;
  }

  /** @returns {import('./line.js').Connection} */
  get connection() {
    return this.#line.connection;
  }

  /**
   * Null once this was closed. Rejected with a {@link Refused} if it cannot be watched any more, and with what a function threw
   * that was told something.
   *
   * @returns {Promise<null>}
   */
  get ended() {
    return this.#line.ended;
  }

  /** Stops watching. */
  close() {
    this.#line.close({state: 'closed'});
  }

  #take(event, data, id) {
    if (event === 'waiting') {
      this.#waiting = JSON.parse(data).data.turns;
      this.#options.onWaiting?.(this.#waiting);
      return;
    }
    if (!EVENTS.has(event)) return;
    const run = runOf(id);
    if (this.#least !== null && run < this.#least && !this.#turns.has(run)) return;
    const each = this.#turns.get(run) ?? this.#begin(run);
    const change = each.fold.take(event, data);
    each.last = id;
    if (change.snapshot) each.turn.snapshot = change.snapshot;
    if (change.done) each.turn.done = true;
    this.#changed.add(each.turn);
    this.#lost = 0;
  }

  #begin(run) {
    // One is told after the other. Of what was left unfinished nothing more comes.
    for (const {turn} of this.#turns.values()) this.#gone(turn);
    const fold = new Fold();
    const turn = {run, get text() { return fold.text; }, snapshot: null, done: false, gone: false,
      get rewinds() { return fold.rewinds; }};
    const each = {fold, turn, last: null};
    this.#turns.set(run, each);
    return each;
  }

  #gone(turn) {
    if (turn.done) return;
    turn.done = turn.gone = true;
    this.#changed.add(turn);
  }

  /** The turn in which it was is deleted: it goes on behind the one before it, and if that is, too, through what is left. */
  #instead(last) {
    const run = runOf(last);
    const at = this.#turns.get(run);
    if (!at && last === this.#options.from) return null;
    if (at) this.#gone(at.turn);
    this.#told();
    const all = [...this.#turns.values()];
    const before = at && this.#lost++ === 0 ? all[all.indexOf(at) - 1] : null;
    if (before) return before.last;
    if ((this.#options.from ?? '0') !== '0') this.#least ??= all.length ? all[0].turn.run : run;
    return '0';
  }

  #told() {
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const turn of changed) this.#options.onTurn?.(turn, this.turns);
  }
}

/** Whose event this is. */
function runOf(id) {
  return id.slice(0, id.indexOf('.'));
}
