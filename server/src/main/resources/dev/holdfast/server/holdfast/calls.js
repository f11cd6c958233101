// Takes part in conversations.
import {authorization, Away, bases, once, rest} from './http.js';

/** @typedef {import('./http.js').Where} Where */

/** For how long something is repeated; each node is asked once in any case. */
const PATIENCE = 20_000;

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
  return send(`/v1/threads/${encodeURIComponent(thread)}/messages`, options, body);
}

/**
 * Stops the turn that is live when this is decided, or that and all that wait. Durable when it has returned; what is posted
 * later is not meant. Somebody who means the turn that he sees stops that: see {@link cancelRun}.
 *
 * @param {string} thread the id of the conversation
 * @param {'current'|'all'} which
 * @param {Where & {queue?: string, requestId?: string}} [options]
 * @returns {Promise<{cancelled: string[]}>}
 */
export function cancel(thread, which, options = {}) {
  return send(`/v1/threads/${encodeURIComponent(thread)}/cancel`, options, {which});
}

/**
 * Stops a run, such as one turn of a conversation. Durable when it has returned; nothing happens to one that has ended.
 *
 * @param {string} run its id
 * @param {Where & {requestId?: string}} [options]
 * @returns {Promise<{id: string, state: string, outcome: ?string}>} the run as it is now
 */
export function cancelRun(run, options = {}) {
  return send(`/v1/runs/${encodeURIComponent(run)}/cancel`, options);
}

/**
 * A page of what was said, with what was answered.
 *
 * @param {string} thread the id of the conversation
 * @param {Where & {queue?: string, order?: 'oldest'|'newest', cursor?: string, limit?: number}} [options]
 * @returns {Promise<{messages: object[], next: ?string}>}
 */
export function messages(thread, options = {}) {
  const {order, cursor, limit} = options;
  return repeated(`/v1/threads/${encodeURIComponent(thread)}/messages`, options, {}, {order, cursor, limit});
}

function send(path, options, body) {
  return repeated(path, options, {
    method: 'POST',
    ...(body === undefined ? {} : {body: JSON.stringify(body)}),
    headers: {'Content-Type': 'application/json', 'Idempotency-Key': options.requestId ?? requestId()},
  });
}

/** Asks one node after the other until it is answered, for a while: with the same request id it is done once. */
async function repeated(path, options, request, query = {}) {
  const until = Date.now() + PATIENCE;
  const all = bases(options);
  const headers = {...request.headers, ...authorization(options)};
  for (let tries = 1; ; tries++) {
    const url = new URL(all[(tries - 1) % all.length] + path);
    for (const [name, value] of Object.entries({queue: options.queue, ...query})) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    try {
      return JSON.parse(await once(url, {...request, headers}, options.silence));
    } catch (error) {
      if (!(error instanceof Away) || (Date.now() > until && tries >= all.length)) throw error;
    }
    await rest(tries, all.length);
  }
}

/** A fresh request id: a repeated request with the same one has no second effect. */
export function requestId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return 'page-' + Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
