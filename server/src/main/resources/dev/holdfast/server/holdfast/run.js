// Watches a run.
import {Fold} from './fold.js';
import {bases} from './http.js';
import {Line} from './line.js';

/**
 * Watches a run.
 *
 * @param {string} run its id
 * @param {import('./http.js').Where & import('./line.js').Told & {
 *   link?: string,
 *   onText?: (text: string, run: RunWatch) => void,
 *   onChange?: (change: import('./fold.js').Change) => void,
 *   onStatus?: (snapshot: object) => void,
 *   onDone?: (snapshot: object) => void,
 * }} [options] `link`: a watch link, which needs neither key nor id. `onText` gets all of the text that stands, `onChange` what
 *     has become different: one of both is enough
 * @returns {RunWatch}
 */
export function watchRun(run, options = {}) {
  return new RunWatch(run, options);
}

/** Somebody who watches a run; see {@link watchRun}. */
export class RunWatch {
  #fold = new Fold();
  #line;
  #options;
  #changed = false;

  constructor(run, options) {
    this.run = run;
    this.#options = options;
    const path = `/v1/runs/${encodeURIComponent(run)}/stream`;
    const urls = options.link ? [options.link] : bases(options).map(base => base + path);
    this.#line = new Line(urls, options, {
      take: (event, data) => this.#take(event, data),
      told: () => this.#told(),
    });
  }

  /** The text that stands now. */
  get text() {
    return this.#fold.text;
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
   * The last state of the run, once it has ended and `text` is complete; null once this was closed before. Rejected with a
   * {@link Refused} if it cannot be watched to its end (its `code` says why: `run_unknown` if it was deleted), and with what a
   * function threw that was told something.
   *
   * @returns {Promise<?object>}
   */
  get ended() {
    return this.#line.ended;
  }

  /** Stops watching. */
  close() {
    this.#line.close({state: 'closed'});
  }

  #take(event, data) {
    const change = this.#fold.take(event, data);
    this.#options.onChange?.(change);
    if (change.added || change.dropped.length) this.#changed = true;
    if (change.snapshot) this.#options.onStatus?.(change.snapshot);
    if (!change.done) return;
    this.#told();
    this.#options.onDone?.(change.snapshot);
    this.#line.close({state: 'done'}, change.snapshot);
  }

  /** Once for all that has come together. */
  #told() {
    if (!this.#changed) return;
    this.#changed = false;
    this.#options.onText?.(this.#fold.text, this);
  }
}
