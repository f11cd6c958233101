/**
 * Folds the frames of a run's stream into the text that stands.
 *
 * A run's stream is append-only on the wire: what turned out not to stand is taken back by a later `rewind`, which names
 * the sources (`key/try`) whose chunks are void. Whoever folds all frames in order ends with the same text as everybody
 * else, however often the run was lost and whenever they began to watch.
 *
 * This module knows nothing of the page or of the network and may be used by any program:
 *
 *     const fold = new Fold();
 *     const events = new EventSource(`/v1/runs/${id}/stream`);
 *     for (const event of ['chunk', 'rewind', 'gap', 'status', 'done']) {
 *       events.addEventListener(event, e => fold.take(event, JSON.parse(e.data)));
 *     }
 *     // later: fold.text()
 *
 * @module fold
 */

/**
 * What the `data` of an event contains.
 * @typedef {object} Frame
 * @property {number} epoch in which it was written
 * @property {?string} step who sent a chunk: `key/try`; null for every other event
 * @property {*} data chunk: any JSON. rewind: `{drop: string[]}`. gap: `{missing: number}`. status, done: a snapshot
 */

/**
 * A piece of the text.
 * @typedef {object} Chunk
 * @property {string} text
 * @property {number} epoch
 * @property {?string} step null for the place of a gap
 * @property {number} missing how many entries are gone here; 0 unless this is the place of a gap
 */

/**
 * What a frame changed.
 * @typedef {object} Change
 * @property {?Chunk} added the chunk that now stands at the end
 * @property {Chunk[]} dropped chunks that do not stand any more, in their order
 * @property {?object} snapshot the run's new state, of a `status` or `done`
 * @property {boolean} done whether this was the last frame
 */

export class Fold {
  /** @type {Set<Chunk>} in the order of arrival; a set, because a rewind takes chunks out of the middle */
  #standing = new Set();
  /** @type {Map<string, Chunk[]>} */
  #bySource = new Map();
  #rewinds = 0;

  /**
   * Takes the next frame. Events that are not known change nothing, so that newer servers can add some.
   * @param {string} event
   * @param {Frame} frame
   * @returns {Change}
   */
  take(event, frame) {
    const change = {added: null, dropped: [], snapshot: null, done: false};
    switch (event) {
      case 'chunk':
        change.added = this.#add({text: textOf(frame.data), epoch: frame.epoch, step: frame.step, missing: 0});
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
  text() {
    let text = '';
    for (const chunk of this.#standing) text += chunk.text;
    return text;
  }

  /** The chunks that stand now, in order. @returns {Chunk[]} */
  chunks() {
    return [...this.#standing];
  }

  /** How many rewinds there were, with or without an effect here. */
  get rewinds() {
    return this.#rewinds;
  }

  #add(chunk) {
    this.#standing.add(chunk);
    if (chunk.step !== null) {
      const siblings = this.#bySource.get(chunk.step);
      if (siblings) siblings.push(chunk);
      else this.#bySource.set(chunk.step, [chunk]);
    }
    return chunk;
  }

  #drop(sources) {
    const dropped = [];
    for (const source of sources) {
      for (const chunk of this.#bySource.get(source) ?? []) {
        this.#standing.delete(chunk);
        dropped.push(chunk);
      }
      this.#bySource.delete(source);
    }
    return dropped;
  }
}

/**
 * How a chunk's data reads: a string as it is, anything else as compact JSON on a line of its own.
 * @param {*} data
 * @returns {string}
 */
export function textOf(data) {
  return typeof data === 'string' ? data : JSON.stringify(data) + '\n';
}
