// The turns of a conversation as they are shown: the newest are read, and from the live one on they are watched.
import {Away, messages, post, watchRun, watchThread} from '/holdfast.js';
import {api, el} from '/page/parts.js';
import {TurnView} from '/page/turn.js';

const PAGE = 50;
/** Between two turns that are read by themselves. */
const PAUSE = 200;
/** Whoever could not be asked, or has not told all, is asked again after that. */
const AGAIN = 2000;
/** How many are named at most of those that wait. */
const NAMED = 100;

export class Talk {
  element = el('div', {class: 'log', role: 'log', 'aria-label': 'Messages', tabindex: '0'});
  #thread;
  #page;
  /** @type {Map<string, TurnView>} by the run, in the order of the ids */
  #turns = new Map();
  /** The ids of those that wait. */
  #waiting = [];
  #watching = null;
  /** Whether the live turn is not known yet: it is too far back. */
  #seeking = false;
  /** The oldest turn of the pages that were read, and where the page before them is; null if there is none. */
  #oldest = null;
  #earlier = null;
  #more = el('button', {type: 'button', class: 'quiet', onclick: () => this.#readEarlier()});
  #reading = false;

  /**
   * @param thread its id; null while it has none
   * @param page `keep(change)` does it so that whoever reads the end still does; `changed()`; `connected(connection)`;
   *     `failed(error)`
   */
  constructor(thread, page) {
    this.#thread = thread;
    this.#page = page;
  }

  get isEmpty() {
    return this.element.childElementCount === 0;
  }

  get isWatched() {
    return this.#watching !== null;
  }

  /** The turn that is answered now; undefined if none is. */
  get live() {
    return [...this.#turns.values()].findLast(turn => turn.isLive);
  }

  /** How many wait at least. */
  get waiting() {
    return Math.max(this.#waiting.length, [...this.#turns.values()].filter(turn => turn.isWaiting).length);
  }

  // What is there, and what comes ---------------------------------------------------------------------------------

  async open() {
    try {
      await this.#read(null);
      this.#watch(this.#begin());
    } catch (error) {
      this.#page.failed(error);
      // Whoever cannot be asked now is asked again, as long as this page is looked at.
      if (error instanceof Away) setTimeout(() => this.open(), AGAIN);
    }
  }

  /**
   * With the turn that is live, or was last. Those behind it wait, or were stopped before they had their turn: they begin
   * nothing. If it is not among those that were read the server knows it.
   */
  #begin() {
    const started = [...this.#turns.values()].filter(turn => turn.hasStarted);
    const last = started.findLast(turn => turn.isLive) ?? started.at(-1);
    if (last) return `${last.run}.0.0`;
    this.#seeking = this.#earlier !== null;
    return this.#seeking ? 'now' : '0';
  }

  #watch(from) {
    this.#watching = watchThread(this.#thread, {
      from,
      onTurn: turn => this.#heard(turn),
      onWaiting: runs => this.#page.keep(() => this.#inLine(runs)),
      onConnection: connection => this.#connected(connection),
    });
  }

  #connected(connection) {
    this.#page.connected(connection);
    // The turn with which it began was deleted in between.
    if (connection.state === 'gone') setTimeout(() => this.open(), AGAIN);
  }

  #heard(turn) {
    if (this.#seeking) {
      // That it is live is told from now on; what it has said, from its beginning.
      this.#seeking = false;
      this.#watching.close();
      this.#watch(`${turn.run}.0.0`);
      return;
    }
    this.#page.keep(() => this.#turn(turn.run).hear(turn));
    this.#ask();
  }

  #inLine(runs) {
    this.#waiting = runs;
    // Those before the pages that were read come with theirs.
    for (const run of runs) if (this.#earlier === null || run > this.#oldest) this.#turn(run);
    for (const [run, turn] of this.#turns) {
      const place = runs.indexOf(run);
      if (place >= 0) turn.wait(place);
      else if (runs.length < NAMED || run < runs.at(-1)) turn.leave();
    }
    this.#ask();
  }

  /**
   * What was said in turns of which only the ids are known, and how those have ended that were heard to: one after the other,
   * with a pause.
   */
  async #ask() {
    this.#page.changed();
    if (this.#reading) return;
    this.#reading = true;
    try {
      for (let turn = this.#wanting(); turn; turn = this.#wanting()) {
        const pause = await this.#one(turn) ? PAUSE : AGAIN;
        await new Promise(resolve => setTimeout(resolve, pause));
      }
    } catch (error) {
      this.#page.failed(error);
    } finally {
      this.#reading = false;
    }
  }

  #wanting() {
    return [...this.#turns.values()].find(turn => turn.wants);
  }

  /** @returns whether all is known of it now */
  async #one(turn) {
    try {
      const message = await api(`/v1/runs/${turn.run}`);
      this.#page.keep(() => turn.tell(message));
      this.#page.changed();
      return !turn.wants;
    } catch (error) {
      if (error.code === 'run_unknown') turn.gone();
      else if (!(error instanceof Away)) throw error;
      return error.code === 'run_unknown';
    }
  }

  async #readEarlier() {
    this.#more.disabled = true;
    try {
      await this.#read(this.#earlier);
    } catch (error) {
      this.#page.failed(error);
    } finally {
      this.#more.disabled = false;
    }
  }

  /** A page of turns, before what is there. */
  async #read(before) {
    const page = await messages(this.#thread, {order: 'newest', limit: PAGE, ...(before ? {cursor: before} : {})});
    this.#page.keep(() => {
      for (const message of page.messages) this.#turn(message.id).tell(message);
      if (before !== null || this.#oldest === null) {
        this.#earlier = page.next;
        this.#oldest = page.messages.at(-1)?.id ?? this.#oldest;
      }
      this.#placeMore();
    });
    this.#page.changed();
    this.#recall(page.messages.map(message => this.#turns.get(message.id)));
  }

  /** Before what was read: the live turn may stand farther back, and what is between them is not shown. */
  #placeMore() {
    if (this.#oldest === null) return;
    if (this.#earlier === null) return this.#more.remove();
    const oldest = this.#turns.get(this.#oldest).element;
    if (oldest.previousSibling !== this.#more) this.element.insertBefore(this.#more, oldest);
    this.#more.textContent = this.#more.previousSibling ? 'Show the messages in between' : 'Show earlier messages';
  }

  /** What was sent by turns that have ended without an answer: one after the other, as few do and each asks for itself. */
  async #recall(turns) {
    for (const turn of turns.filter(each => each.isUntold)) {
      const watching = watchRun(turn.run, {onText: text => this.#page.keep(() => turn.recall(text))});
      await watching.ended.catch(error => this.#page.failed(error));
    }
  }

  /** The turn of this run: ids grow, and so does the page. */
  #turn(run) {
    const known = this.#turns.get(run);
    if (known) return known;
    const turn = new TurnView(run);
    const after = [...this.element.children].find(child => child === this.#more
      ? run < this.#oldest
      : child.dataset.run === undefined || child.dataset.run > run);
    this.element.insertBefore(turn.element, after ?? null);
    this.#turns.set(run, turn);
    this.#turns = new Map([...this.#turns].sort(([a], [b]) => (a < b ? -1 : 1)));
    this.#placeMore();
    return turn;
  }

  // Taking part ---------------------------------------------------------------------------------------------------

  /** @param thread its id, from now on */
  name(thread) {
    this.#thread = thread;
  }

  /** Shows at once what was said. @returns the turn, which nobody has heard of */
  say(text) {
    const turn = new TurnView(null);
    turn.said(text);
    this.element.append(turn.element);
    return turn;
  }

  /** Repeated with the same request id, it is said once. */
  async post(turn, text, options) {
    turn.sending();
    try {
      const {id} = await post(this.#thread, {message: text}, options);
      this.#page.keep(() => {
        turn.element.remove();
        const known = this.#turn(id);
        known.said(text);
        if (this.#waiting.includes(id)) known.wait(this.#waiting.indexOf(id));
      });
      if (!this.#watching) this.#watch('0');
    } catch (error) {
      turn.unsent(error.message, () => this.post(turn, text, options));
      this.#page.failed(error);
    }
    this.#page.changed();
  }

  /** These were told to stop. */
  stopping(runs) {
    for (const run of runs) this.#turns.get(run)?.stopping();
  }
}
