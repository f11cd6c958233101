// A stream that comes back by itself.
import {events} from './events.js';
import {beginsAnew} from './fold.js';
import {ANSWER, ask, Attention, authorization, Away, LONGEST, pieces, Refused, rest} from './http.js';
import {Places} from './places.js';

/**
 * What is told to who watches, beside the text; all are optional. What a function throws ends the watch, and is what `ended`
 * is rejected with.
 * @typedef {object} Told
 * @property {string} [from] where to begin: the id of the last event that was received, or `now`; the start if left out
 * @property {(connection: Connection) => void} [onConnection] the connection is another one now
 */

/**
 * How the connection is.
 * @typedef {object} Connection
 * @property {'connecting'|'live'|'lost'|'done'|'closed'|'refused'|'gone'|'failed'} state `lost`: it tries again. It does not
 *     after the others: `done`, the run has ended; `closed`, by who watched; `refused`, he may not watch (any more); `gone`,
 *     the run was deleted, or what is asked for is no position of it; `failed`, a function that is told threw something
 * @property {string} [code] of a refusal, such as `key_revoked` or `run_unknown`
 * @property {string} [detail] the reason, for people
 */

/**
 * What a line is listened to by.
 * @typedef {object} Listener
 * @property {(event: string, data: string, id: ?string) => void} take gets each event that was not told before
 * @property {() => void} told all that has come together was taken
 * @property {(last: ?string) => ?string} [instead] where to go on if the position where it was is gone; null for nowhere
 */

const SILENCE = 45_000;
const GONE = new Set(['run_unknown', 'cursor_unknown']);

/** A stream of server-sent events. Not an `EventSource`: that sends no key, and knows one address. */
export class Line {
  /** @type {Connection} */
  connection = {state: 'connecting'};
  /** @type {Promise<?object>} */
  ended;
  #urls;
  #options;
  #listener;
  #places;
  #tries = 0;
  #failures = 0;
  /** @type {?Attention} */
  #attention = null;
  #over = false;
  #wake = () => {};
  #resolve = result => {};
  #reject = error => {};

  /**
   * @param {string[]} urls of the same stream at several nodes
   * @param {import('./http.js').Where & Told} options
   * @param {Listener} listener
   */
  constructor(urls, options, listener) {
    this.#urls = urls;
    this.#options = options;
    this.#listener = listener;
    this.#places = new Places(options.from ?? null);
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    globalThis.addEventListener?.('online', this.#now);
    globalThis.document?.addEventListener('visibilitychange', this.#now);
    this.#run();
  }

  /** The id of the last event. */
  get last() {
    return this.#places.last;
  }

  /** @param {Connection} connection @param {?object} [result] of it all */
  close(connection, result = null) {
    this.#end(connection, () => this.#resolve(result));
  }

  /** @param {Connection} connection @param {unknown} error */
  #fail(connection, error) {
    // Who is told of a refusal needs no word of it in the console.
    if (error instanceof Refused && this.#options.onConnection) this.ended.catch(() => {});
    this.#end(connection, () => this.#reject(error));
  }

  #end(connection, settle) {
    if (this.#over) return;
    this.#over = true;
    globalThis.removeEventListener?.('online', this.#now);
    globalThis.document?.removeEventListener('visibilitychange', this.#now);
    this.#attention?.end();
    this.#wake();
    try {
      this.#become(connection);
      settle();
    } catch (error) {
      // What went wrong first is told; if nothing has, this is.
      if (connection.state === 'failed') settle();
      else this.#reject(error);
    }
  }

  /** @param {Connection} connection */
  #become(connection) {
    if (this.connection.state === connection.state) return;
    this.connection = connection;
    this.#options.onConnection?.(connection);
  }

  /** The network, or the reader, is back: it does not wait any longer. */
  #now = () => {
    if (globalThis.document?.hidden) return;
    this.#attention?.look();
    this.#wake();
  };

  async #run() {
    while (!this.#over) {
      try {
        await this.#listen();
        if (this.#over) return;
        this.#become({state: 'lost'});
      } catch (error) {
        return this.#fail({state: 'failed', detail: String(error)}, error);
      }
      this.#tries++;
      await rest(++this.#failures, this.#urls.length, wake => { this.#wake = wake; });
    }
  }

  /** To one node, until it is lost. */
  async #listen() {
    const began = Date.now();
    const attention = this.#attention = new Attention(Math.min(this.#options.silence ?? ANSWER, ANSWER));
    try {
      await this.#read(new URL(this.#urls[this.#tries % this.#urls.length]), attention);
    } catch (error) {
      if (error instanceof Refused) this.#refused(error);
      else if (!(error instanceof Away)) throw error;
    } finally {
      attention.end();
      // That it was let in says nothing; that it stayed does.
      if (Date.now() - began > LONGEST) this.#failures = 0;
    }
  }

  async #read(url, attention) {
    if (this.last !== null) url.searchParams.set('from', this.last);
    const headers = {Accept: 'text/event-stream, application/problem+json', ...authorization(this.#options)};
    const answer = await ask(url, {headers}, attention);
    attention.expect(this.#options.silence ?? SILENCE);
    this.#become({state: 'live'});
    for await (const some of events(pieces(answer, attention))) {
      for (const each of some) {
        this.#given(each);
        if (this.#over) return;
      }
      this.#listener.told();
      if (this.#over) return;
    }
  }

  #given({event, id, data}) {
    if (event === 'refused') {
      this.#listener.told();
      const {code, detail} = JSON.parse(data);
      return this.#refused(new Refused(401, {code, detail}));
    }
    if (beginsAnew(event, data)) this.#places.again(id);
    const where = this.#places.pass(event, id);
    if (where === 'behind') return;
    // Only this: a server that lets everybody in and then loses him would be asked again and again at once.
    if (where === 'ahead') this.#failures = 0;
    this.#listener.take(event, data, id);
  }

  #refused(error) {
    const instead = error.code === 'cursor_unknown' ? this.#listener.instead?.(this.last) ?? null : null;
    if (instead !== null) this.#places.last = instead;
    else this.#fail({state: GONE.has(error.code) ? 'gone' : 'refused', code: error.code, detail: error.message}, error);
  }
}
