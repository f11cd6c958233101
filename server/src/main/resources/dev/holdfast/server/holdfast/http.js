// Asks nodes of a cluster over HTTP, and leaves one of which nothing is heard for the next.

/**
 * Which server, and who asks.
 * @typedef {object} Where
 * @property {string|string[]} [at] addresses of nodes of one cluster, tried in turn; the one that served this module if left out
 * @property {string} [key] an API key; without one the cookie of the server's own pages counts
 * @property {number} [silence] how many milliseconds nothing may be heard of a node before it is left for the next, or asked
 *     anew if it is the only one: 5,000 for an answer, 45,000 in a stream, which is never silent for more than 15,000
 */

/** How long an answer may take to begin. */
export const ANSWER = 5_000;
const LOOK = 1_000;
const SHORTEST = 200;
export const LONGEST = 8_000;
const AWAY = 'The server is away. Try again when it is back; repeating is safe.';

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
  /** @param {?string} detail what a server said that was reached */
  constructor(detail = null) {
    super(detail ?? AWAY);
    this.name = 'Away';
    this.detail = detail;
  }
}

/**
 * Listens to a node, and gives it up when it has been silent for too long. By the time of day and not by a timer alone: that
 * goes on where it was when the machine has slept.
 */
export class Attention {
  #abort = new AbortController();
  #heard = Date.now();
  #silence;
  #looking;

  /** @param {number} silence at most, in milliseconds */
  constructor(silence) {
    this.#silence = silence;
    this.#looking = setInterval(() => this.look(), Math.min(LOOK, silence / 2));
  }

  /** Ends what is asked. */
  get signal() {
    return this.#abort.signal;
  }

  heard() {
    this.#heard = Date.now();
  }

  /** From now on it may be silent for that long. */
  expect(silence) {
    this.#silence = silence;
    this.heard();
  }

  look() {
    if (Date.now() - this.#heard > this.#silence) this.end();
  }

  /** What is still going on is cut off. */
  end() {
    clearInterval(this.#looking);
    this.#abort.abort();
  }
}

/**
 * Asks one node, once.
 *
 * @param {string|URL} url
 * @param {RequestInit} request
 * @param {Attention} attention
 * @returns {Promise<Response>} the head of a good answer
 * @throws {Refused|Away}
 */
export async function ask(url, request, attention) {
  const answer = await orAway(fetch(url, {...request, cache: 'no-store', signal: attention.signal}));
  attention.heard();
  if (answer.ok) return answer;
  let problem = {};
  try {
    problem = JSON.parse(await whole(answer, attention));
  } catch {
    // Whatever it was, it was none of our words.
  }
  const refused = new Refused(answer.status, problem);
  throw answer.status >= 500 || answer.status === 429 ? new Away(refused.message) : refused;
}

/**
 * Asks one node, once, for all that it answers.
 *
 * @param {string|URL} url
 * @param {RequestInit} [request]
 * @param {number} [silence]
 * @returns {Promise<string>}
 * @throws {Refused|Away}
 */
export async function once(url, request = {}, silence = ANSWER) {
  const attention = new Attention(silence);
  try {
    return await whole(await ask(url, request, attention), attention);
  } finally {
    attention.end();
  }
}

async function whole(answer, attention) {
  let text = '';
  for await (const piece of pieces(answer, attention)) text += piece;
  return text;
}

/** The text of an answer as it comes. @param {Response} answer @param {Attention} attention */
export async function* pieces(answer, attention) {
  if (!answer.body) return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  while (true) {
    const {done, value} = await orAway(reader.read());
    if (done) return;
    attention.heard();
    yield value;
  }
}

/** What the browser says of a network is for people who read its console. */
async function orAway(promise) {
  try {
    return await promise;
  } catch {
    throw new Away();
  }
}

/**
 * Waits before the next try: a moment between two nodes, until each was asked once; then longer each time, and never all who
 * try at the same moment.
 *
 * @param {number} tries so far
 * @param {number} nodes that are asked in turn
 * @param {(wake: () => void) => void} [wakes] gets what ends it early
 */
export function rest(tries, nodes, wakes = () => {}) {
  const most = Math.min(SHORTEST * 2 ** Math.floor((tries - 1) / nodes), LONGEST);
  return new Promise(resolve => {
    const timer = setTimeout(resolve, most / 2 + Math.random() * most / 2);
    wakes(() => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}

/** @param {Where} where @returns {string[]} the addresses of the nodes, without a slash at the end */
export function bases({at}) {
  const all = [at ?? new URL(import.meta.url).origin].flat();
  return all.map(base => new URL(base).href.replace(/\/+$/, ''));
}

/** @param {Where} where @returns {Record<string, string>} */
export function authorization({key}) {
  return key ? {Authorization: `Bearer ${key}`} : {};
}
