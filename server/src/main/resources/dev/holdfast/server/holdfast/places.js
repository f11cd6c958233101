// How far runs were heard.

// More numbers may follow: they are for the server.
const ID = /^(run_\w+)\.(\d+)\.(\d+)(?:\.\d+)*$/;

/**
 * Knows of each run how far it was heard: up to which entry of its stream, and which of its states. Whatever is told twice is
 * told from here on once, be it that a connection is opened before the last event of the one before it was counted, or that a
 * conversation is read again from an earlier turn.
 */
export class Places {
  /** @type {Map<string, {number: number, seq: number, done: boolean}>} */
  #runs = new Map();
  /** @type {?string} where to go on */
  last;

  /** @param {?string} from the id of an event; anything else is told to the server as it is */
  constructor(from) {
    this.last = from;
    const [run, number, seq] = parts(from);
    if (run) this.#runs.set(run, {number, seq, done: false});
  }

  /** All of a run is told again. @param {string} id of the event that says so */
  again(id) {
    const [run, number, seq] = parts(id);
    if (run) this.#runs.set(run, {number, seq: Math.max(seq, this.#runs.get(run)?.seq ?? 0), done: false});
    this.last = id;
  }

  /**
   * Goes on to an event.
   *
   * @param {string} event its name
   * @param {?string} id
   * @returns {'ahead'|'beside'|'behind'} `behind`: it was told before. `beside`: it says something of where it already is
   */
  pass(event, id) {
    const [run, number, seq] = parts(id);
    if (!run || event === 'waiting') {
      // Until something is told it is all that says where this began.
      if (id !== null && !ID.test(this.last ?? '')) this.last = id;
      return 'beside';
    }
    const at = this.#runs.get(run) ?? {number: 0, seq: 0, done: false};
    if (at.done || isBehind(event, at, number, seq)) return 'behind';
    const done = event === 'done';
    const ahead = done || number > at.number || seq > at.seq;
    this.#runs.set(run, {number: Math.max(number, at.number), seq: Math.max(seq, at.seq), done});
    this.last = id;
    return ahead ? 'ahead' : 'beside';
  }
}

/** A chunk has a number of its own and a state a seq; the last rewind of a run and its `done` have those of what was before them. */
function isBehind(event, at, number, seq) {
  if (event === 'chunk' || event === 'gap') return number <= at.number;
  if (event === 'status') return seq <= at.seq;
  return number < at.number || seq < at.seq;
}

/** @param {?string} id @returns {[?string, number, number]} the run, the number and the seq */
function parts(id) {
  const [, run, number, seq] = ID.exec(id ?? '') ?? [];
  return run ? [run, Number(number), Number(seq)] : [null, 0, 0];
}
