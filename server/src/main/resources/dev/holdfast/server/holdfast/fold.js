// The text of a run, of what is sent of it.

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

/** Blanks that stand outside of strings. */
const BETWEEN = /("(?:\\.|[^"\\])*")|\s+/g;
/** Names all sources. */
const ALL = '*';
/** Events of a run. */
export const EVENTS = new Set(['chunk', 'rewind', 'gap', 'status', 'done']);

/**
 * Folds the frames of a run's stream into the text that stands. The stream is append-only on the wire: what turned out not to
 * stand is taken back by a later `rewind`, which names the sources (`key/try`) whose chunks are void, or `*` for all of them,
 * gaps included: then everything is told again. Whoever folds all frames in order ends with the same text as everybody else,
 * however often the run was lost and whenever they began to watch.
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
    /** @type {Change} */
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
    if (sources.includes(ALL)) return this.#dropAll();
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

/** Whether this event takes everything back, so that what follows was told before. @param {string} event @param {string} json */
export function beginsAnew(event, json) {
  return event === 'rewind' && JSON.parse(json).data.drop.includes(ALL);
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
