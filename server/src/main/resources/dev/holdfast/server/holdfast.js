/**
 * Watches runs and conversations of Holdfast from a browser, and takes part in them. Every node serves this file at
 * `/holdfast.js`; it needs nothing else.
 *
 *     import {watchRun, post, watchThread} from 'https://node-1.example.com/holdfast.js';
 *
 *     const watching = watchRun('run_…', {key: 'hf_…', onText: text => { output.textContent = text; }});
 *     // later: watching.close()
 *
 *     await post('t1', {message: 'hello'}, {key: 'hf_…'});
 *     watchThread('t1', {key: 'hf_…', onTurn: turn => show(turn.run, turn.text)});
 *
 * Whoever watches gets text, never frames: what turned out not to stand is taken back before he is told. A connection that is
 * lost is opened again by itself where it was, on another node if several are named, also after the machine has slept. It
 * ends when the run has ended, and when the server will not let it watch any more.
 *
 * @module holdfast
 */

/**
 * Which server, and who asks.
 * @typedef {object} Where
 * @property {string|string[]} [at] addresses of nodes of one cluster, tried in turn; the one that served this file if left out
 * @property {string} [key] an API key; without one the cookie of the server's own pages counts
 */

/**
 * What is told to who watches, beside the text; all are optional.
 * @typedef {object} Told
 * @property {string} [from] where to begin: the id of the last event that was received, or `now`; the start if left out
 * @property {(connection: Connection) => void} [onConnection] the connection is another one now
 * @property {number} [silence] how many milliseconds nothing may come before the connection is taken for dead; 45,000
 */

/**
 * How the connection is.
 * @typedef {object} Connection
 * @property {'connecting'|'live'|'lost'|'refused'|'done'|'closed'} state `lost`: it tries again. `refused`, `done`, `closed`:
 *     it does not
 * @property {string} [code] of a refusal, such as `key_revoked`
 * @property {string} [detail] the reason, for people
 */

/**
 * A piece of the text of a run.
 * @typedef {object} Chunk
 * @property {string} text
 * @property {number} epoch in which it was sent
 * @property {?string} step who sent it: `key/try`; null for the place of a gap
 * @property {number} missing how many entries are gone here; 0 unless this is the place of a gap
 */

/**
 * What has changed.
 * @typedef {object} Change
 * @property {?Chunk} added the chunk that now stands at the end
 * @property {Chunk[]} dropped chunks that do not stand any more, in their order
 * @property {?object} snapshot the run's new state
 * @property {boolean} done whether the run has ended
 */

const SILENCE = 45_000;
const LOOK = 5_000;
const SHORTEST = 200;
const LONGEST = 8_000;
const PATIENCE = 20_000;
/** Blanks that stand outside of strings. */
const BETWEEN = /("(?:\\.|[^"\\])*")|\s+/g;
const EVENTS = new Set(['chunk', 'rewind', 'gap', 'status', 'done']);

/** What the server refused, in its own words. */
export class Refused extends Error {
  /** @param {number} status of HTTP @param {{code?: string, detail?: string, title?: string}} problem */
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `The server answered ${status}.`);
    this.name = 'Refused';
    this.status = status;
    /** Stable, for programs. */
    this.code = problem.code ?? 'unknown';
  }
}

/** No server could be reached, or none takes requests at the moment. To repeat with the same request id is safe. */
export class Away extends Error {
  constructor(message) {
    super(message);
    this.name = 'Away';
  }
}

// The fold -----------------------------------------------------------------------------------------------------------

/**
 * Folds the frames of a run's stream into the text that stands. The stream is append-only on the wire: what turned out not to
 * stand is taken back by a later `rewind`, which names the sources (`key/try`) whose chunks are void, or `*` for all of them, gaps
 * included: then everything is told again. Whoever folds all frames
 * in order ends with the same text as everybody else, however often the run was lost and whenever they began to watch.
 */
export class Fold {
  /** @type {Set<Chunk>} in the order of arrival; a set, because a rewind takes chunks out of the middle */
  #standing = new Set();
  /** @type {Map<string, Chunk[]>} */
  #bySource = new Map();
  #rewinds = 0;
  /** @type {?string} the text as it was last asked for, as long as it has only grown */
  #text = '';

  /**
   * Takes the next frame. Events that are not known change nothing, so that newer servers can add some.
   * @param {string} event
   * @param {string} json the data of the event
   * @returns {Change}
   */
  take(event, json) {
    const change = {added: null, dropped: [], snapshot: null, done: false};
    if (!EVENTS.has(event)) return change;
    const frame = JSON.parse(json);
    switch (event) {
      case 'chunk':
        change.added = this.#add({text: textOf(frame, json), epoch: frame.epoch, step: frame.step, missing: 0});
        break;
      case 'gap':
        change.added = this.#add({text: '', epoch: frame.epoch, step: null, missing: frame.data.missing});
        break;
      case 'rewind':
        change.dropped = this.#drop(frame.data.drop);
        this.#rewinds++;
        break;
      case 'done':
        change.done = true;
        change.snapshot = frame.data;
        break;
      case 'status':
        change.snapshot = frame.data;
        break;
    }
    return change;
  }

  /** The text that stands now. */
  get text() {
    if (this.#text === null) {
      this.#text = '';
      for (const chunk of this.#standing) this.#text += chunk.text;
    }
    return this.#text;
  }

  /** The chunks that stand now, in order. @returns {Chunk[]} */
  get chunks() {
    return [...this.#standing];
  }

  /** How many rewinds there were, with or without an effect here. */
  get rewinds() {
    return this.#rewinds;
  }

  #add(chunk) {
    this.#standing.add(chunk);
    if (this.#text !== null) this.#text += chunk.text;
    if (chunk.step !== null) {
      const siblings = this.#bySource.get(chunk.step);
      if (siblings) siblings.push(chunk);
      else this.#bySource.set(chunk.step, [chunk]);
    }
    return chunk;
  }

  #drop(sources) {
    if (sources.includes('*')) return this.#dropAll();
    const dropped = [];
    for (const source of sources) {
      for (const chunk of this.#bySource.get(source) ?? []) {
        this.#standing.delete(chunk);
        dropped.push(chunk);
      }
      this.#bySource.delete(source);
    }
    if (dropped.length) this.#text = null;
    return dropped;
  }

  #dropAll() {
    const dropped = this.chunks;
    this.#standing.clear();
    this.#bySource.clear();
    this.#text = '';
    return dropped;
  }
}

/**
 * How a chunk's data reads: a string as it is, anything else as the JSON that was sent, on a line of its own. Written again by
 * the browser it would be another one: its numbers are rounded, and the names of an object change their places.
 */
function textOf(frame, json) {
  if (typeof frame.data === 'string') return frame.data;
  // It is the last property, and those before it hold no text of users.
  const sent = json.slice(json.indexOf('"data":') + 7, json.lastIndexOf('}'));
  return sent.replaceAll(BETWEEN, (match, string) => string ?? '') + '\n';
}

// Watching -----------------------------------------------------------------------------------------------------------

/**
 * Watches a run.
 *
 * @param {string} run its id
 * @param {Where & Told & {
 *   link?: string,
 *   onText?: (text: string, run: RunWatch) => void,
 *   onChange?: (change: Change) => void,
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

  constructor(run, options) {
    this.run = run;
    this.#options = options;
    const path = `/v1/runs/${encodeURIComponent(run)}/stream`;
    const urls = options.link ? [options.link] : bases(options).map(base => base + path);
    this.#line = new Line(urls, options, (event, json) => this.#take(event, json), () => this.#told());
  }

  /** The text that stands now. */
  get text() {
    return this.#fold.text;
  }

  /** The id of the last event that was received: where another watcher can go on. */
  get position() {
    return this.#line.last;
  }

  /** @returns {Connection} */
  get connection() {
    return this.#line.connection;
  }

  /** Stops watching. */
  close() {
    this.#line.close('closed');
  }

  #changed = false;

  #take(event, json) {
    const change = this.#fold.take(event, json);
    this.#options.onChange?.(change);
    if (change.added || change.dropped.length) this.#changed = true;
    if (change.snapshot) this.#options.onStatus?.(change.snapshot);
    if (!change.done) return;
    this.#told();
    this.#line.close('done');
    this.#options.onDone?.(change.snapshot);
  }

  /** Once for all that has come together. */
  #told() {
    if (!this.#changed) return;
    this.#changed = false;
    this.#options.onText?.(this.#fold.text, this);
  }
}

/**
 * A turn of a conversation.
 * @typedef {object} Turn
 * @property {string} run its id
 * @property {string} text what stands of the answer
 * @property {?object} snapshot the newest state of the run
 * @property {boolean} done whether it has ended
 * @property {number} rewinds how often something was taken back
 */

/**
 * Watches a conversation, turn by turn, until it is closed.
 *
 * @param {string} thread its id
 * @param {Where & Told & {
 *   queue?: string,
 *   onTurn?: (turn: Turn, turns: Turn[]) => void,
 *   onWaiting?: (runs: string[]) => void,
 * }} [options] `onTurn` gets each turn of which something has changed. `onWaiting` gets the ids of the turns that wait for
 *     theirs, each time they are others
 * @returns {ThreadWatch}
 */
export function watchThread(thread, options = {}) {
  return new ThreadWatch(thread, options);
}

/** Somebody who watches a conversation; see {@link watchThread}. */
export class ThreadWatch {
  /** @type {Map<string, {fold: Fold, turn: Turn}>} in the order in which they had their turn */
  #turns = new Map();
  #changed = new Set();
  #waiting = [];
  #line;
  #options;

  constructor(thread, options) {
    this.thread = thread;
    this.#options = options;
    const path = `/v1/threads/${encodeURIComponent(thread)}/stream`;
    const query = options.queue ? `?queue=${encodeURIComponent(options.queue)}` : '';
    const urls = bases(options).map(base => base + path + query);
    this.#line = new Line(urls, options, (event, json, id) => this.#take(event, json, id), () => this.#told());
  }

  /** @returns {Turn[]} those that were told here, in the order in which they had their turn */
  get turns() {
    return [...this.#turns.values()].map(each => each.turn);
  }

  /** @returns {string[]} the runs that wait for their turn */
  get waiting() {
    return this.#waiting;
  }

  get position() {
    return this.#line.last;
  }

  /** @returns {Connection} */
  get connection() {
    return this.#line.connection;
  }

  /** Stops watching. */
  close() {
    this.#line.close('closed');
  }

  #take(event, json, id) {
    if (event === 'waiting') {
      this.#waiting = JSON.parse(json).data.turns;
      this.#options.onWaiting?.(this.#waiting);
      return;
    }
    if (!EVENTS.has(event)) return;
    const run = id.slice(0, id.indexOf('.'));
    let each = this.#turns.get(run);
    if (!each) {
      const fold = new Fold();
      this.#turns.set(run, each = {fold, turn: {run, get text() { return fold.text; }, snapshot: null, done: false,
        get rewinds() { return fold.rewinds; }}});
    }
    const change = each.fold.take(event, json);
    if (change.snapshot) each.turn.snapshot = change.snapshot;
    if (change.done) each.turn.done = true;
    this.#changed.add(each.turn);
  }

  #told() {
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const turn of changed) this.#options.onTurn?.(turn, this.turns);
  }
}

/** A stream of server-sent events that comes back by itself. Not an `EventSource`: that sends no key, and knows one address. */
class Line {
  last = null;
  /** @type {Connection} */
  connection = {state: 'connecting'};
  #urls;
  #options;
  #take;
  #told;
  #at = 0;
  #failures = 0;
  #heard = Date.now();
  #abort = new AbortController();
  #over = false;
  #wake = () => {};
  #looking;

  /** @param take gets each event @param told is called when all that has come together was taken */
  constructor(urls, options, take, told) {
    this.#urls = urls;
    this.#options = options;
    this.#take = take;
    this.#told = told;
    this.last = options.from ?? null;
    this.#looking = setInterval(() => this.#look(), LOOK);
    addEventListener('online', this.#now);
    document.addEventListener('visibilitychange', this.#now);
    this.#run();
  }

  close(state, more = {}) {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#looking);
    removeEventListener('online', this.#now);
    document.removeEventListener('visibilitychange', this.#now);
    this.#become(state, more);
    this.#abort.abort();
    this.#wake();
  }

  #become(state, more = {}) {
    if (this.connection.state === state && !more.detail) return;
    this.connection = {state, ...more};
    this.#options.onConnection?.(this.connection);
  }

  /** Also after a sleep of the machine, when nothing comes and nobody says so: keep-alives come every 15 seconds. */
  #look() {
    if (Date.now() - this.#heard > (this.#options.silence ?? SILENCE)) this.#abort.abort();
  }

  /** The network, or the reader, is back: it does not wait any longer. */
  #now = () => {
    if (document.hidden) return;
    this.#look();
    this.#wake();
  };

  async #run() {
    while (!this.#over) {
      this.#abort = new AbortController();
      this.#heard = Date.now();
      try {
        await this.#read(this.#urls[this.#at % this.#urls.length]);
      } catch (error) {
        if (error instanceof Refused) return this.close('refused', {code: error.code, detail: error.message});
      }
      if (this.#over) return;
      this.#at++;
      this.#become('lost');
      await this.#rest();
    }
  }

  /** A moment between two nodes, until each was asked once; then longer each time, and never all at the same moment. */
  #rest() {
    const round = Math.floor(this.#failures++ / this.#urls.length);
    const most = Math.min(SHORTEST * 2 ** round, LONGEST);
    return new Promise(resolve => {
      const timer = setTimeout(resolve, most / 2 + Math.random() * most / 2);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #read(address) {
    const url = new URL(address);
    if (this.last !== null) url.searchParams.set('from', this.last);
    const answer = await fetch(url, {
      headers: {Accept: 'text/event-stream', ...authorization(this.#options)},
      cache: 'no-store',
      signal: this.#abort.signal,
    });
    if (!answer.ok) throw await refusal(answer);
    this.#become('live');
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    let event = {};
    while (!this.#over) {
      const {done, value} = await reader.read();
      if (done) return;
      this.#heard = Date.now();
      const lines = (rest + value).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        if (line === '') {
          if (event.data !== undefined) this.#given(event);
          event = {};
        } else if (line[0] !== ':') {
          const colon = line.indexOf(':');
          event[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
        }
        if (this.#over) return;
      }
      this.#told();
    }
  }

  #given({event, id, data}) {
    this.#failures = 0;
    if (event === 'refused') {
      const {code, detail} = JSON.parse(data);
      this.#told();
      return this.close('refused', {code, detail});
    }
    if (id !== undefined) this.last = id;
    this.#take(event, data, id ?? this.last);
  }
}

// Taking part --------------------------------------------------------------------------------------------------------

/**
 * Says something in a conversation: starts its next turn, which waits until those before it have ended. It is tried again by
 * itself, and said once.
 *
 * @param {string} thread the id of the conversation
 * @param {*} input of the task, such as `{message: 'hello'}`
 * @param {Where & {task?: string, queue?: string, requestId?: string}} [options] `task` is `chat` if left out
 * @returns {Promise<{id: string, task: string, existing: boolean}>} the run
 */
export function post(thread, input, options = {}) {
  const body = {input, ...(options.task ? {task: options.task} : {})};
  return send(`/v1/threads/${encodeURIComponent(thread)}/messages`, body, options);
}

/**
 * Stops the turn that is live, or that and all that wait. Durable when it has returned; what is posted later is not meant.
 *
 * @param {string} thread the id of the conversation
 * @param {'current'|'all'} which
 * @param {Where & {queue?: string, requestId?: string}} [options]
 * @returns {Promise<{cancelled: string[]}>}
 */
export function cancel(thread, which, options = {}) {
  return send(`/v1/threads/${encodeURIComponent(thread)}/cancel`, {which}, options);
}

/**
 * A page of what was said, with what was answered.
 *
 * @param {string} thread the id of the conversation
 * @param {Where & {queue?: string, order?: 'oldest'|'newest', cursor?: string, limit?: number}} [options]
 * @returns {Promise<{messages: object[], next: ?string}>}
 */
export function messages(thread, options = {}) {
  return ask(`/v1/threads/${encodeURIComponent(thread)}/messages`, options,
    {order: options.order, cursor: options.cursor, limit: options.limit});
}

function send(path, body, options) {
  return ask(path, options, {}, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {'Content-Type': 'application/json', 'Idempotency-Key': options.requestId ?? requestId()},
  });
}

/** Repeated until it is answered, for a while: with the same request id it is done once. */
async function ask(path, options, query = {}, request = {}) {
  const until = Date.now() + PATIENCE;
  const all = bases(options);
  for (let tries = 0; ; tries++) {
    const url = new URL(all[tries % all.length] + path);
    for (const [name, value] of Object.entries({queue: options.queue, ...query})) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    try {
      const answer = await fetch(url, {...request, cache: 'no-store', signal: AbortSignal.timeout(PATIENCE),
        headers: {...request.headers, ...authorization(options)}});
      if (answer.ok) return await answer.json();
      throw await refusal(answer);
    } catch (error) {
      if (error instanceof Refused) throw error;
      const wait = Math.min(SHORTEST * 2 ** Math.floor(tries / all.length), LONGEST);
      if (Date.now() + wait > until) {
        throw error instanceof Away ? error : new Away('The server is away. Try again when it is back; repeating is safe.');
      }
      await new Promise(resolve => setTimeout(resolve, wait));
    }
  }
}

/** A fresh request id: a repeated request with the same one has no second effect. */
export function requestId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return 'page-' + Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}

function bases({at}) {
  const all = [at ?? new URL(import.meta.url).origin].flat();
  return all.map(base => new URL(base).href.replace(/\/+$/, ''));
}

function authorization({key}) {
  return key ? {Authorization: `Bearer ${key}`} : {};
}

/** @returns {Promise<Error>} {@link Refused}, or {@link Away} for what another try may change */
async function refusal(answer) {
  let problem = {};
  try {
    problem = await answer.json();
  } catch {
    // Whatever it was, it was none of our words.
  }
  const refused = new Refused(answer.status, problem);
  return answer.status >= 500 || answer.status === 429 ? new Away(refused.message) : refused;
}
