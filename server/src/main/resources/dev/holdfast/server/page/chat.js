// A conversation: what was said, what is being answered, and a field to go on.
import {cancel, messages, post, watchRun, watchThread} from '/holdfast.js';
import {ago, api, askForKey, Away, el, poll, requestId, say} from '/page/parts.js';
import {TurnView} from '/page/turn.js';

const PAGE = 50;
const SHOWN = 12;
/** A connection that is back sooner than this was never missed. */
const MISSED = 1500;
const NEAR = 80;
const TRY = [
  ['Say it slowly', '[slow] Tell me slowly that every word is written down before I see it'],
  ['Break off and ask again', '[slow:60] [cut:8] [tries:1] This answer breaks off in the middle, is taken back and asked for again'],
  ['Count for a while', '[slow:150] [many:60] [stamp]'],
];

/** @param id of the conversation; null for a new one */
export function openChat(main, id) {
  document.title = `${id ?? 'New conversation'} · Chat · Holdfast`;
  new ChatPage(main, id);
}

class ChatPage {
  #thread;
  #task = new URLSearchParams(location.search).get('task') ?? 'chat';
  /** @type {Map<string, TurnView>} by the run */
  #turns = new Map();
  #waiting = [];
  #watching = null;
  #earlier = null;
  #missed = 0;
  #reading = null;
  #log = el('div', {class: 'log', role: 'log', 'aria-label': 'Messages', tabindex: '0'});
  #more = el('button', {class: 'quiet', hidden: true, onclick: () => this.#readEarlier()}, 'Earlier messages');
  #empty = el('div', {class: 'hello', hidden: true});
  #problem = el('p', {class: 'problem', role: 'alert', hidden: true});
  #line = el('p', {class: 'line', role: 'status'});
  #text = el('textarea', {id: 'say', rows: 1, placeholder: 'Say something…', 'aria-label': 'Message', autocomplete: 'off',
    oninput: () => this.#grow(), onkeydown: event => this.#key(event)});
  #send = el('button', {type: 'submit', class: 'primary'}, 'Send');
  #stop = el('button', {type: 'button', class: 'stop', hidden: true, title: 'Esc', onclick: () => this.#cancel('current')}, 'Stop');
  #stopAll = el('button', {type: 'button', class: 'stop', hidden: true, onclick: () => this.#cancel('all')}, 'Stop all');
  #list;

  constructor(main, id) {
    this.#thread = id;
    this.#list = new Conversations(id);
    const form = el('form', {class: 'composer', onsubmit: event => { event.preventDefault(); this.#say(); }},
      this.#text, el('div', {class: 'buttons'}, this.#stopAll, this.#stop, this.#send));
    this.#hello();
    main.className = 'chat';
    main.replaceChildren(this.#list.element,
      el('section', {class: 'talk', 'aria-label': 'Conversation'},
        el('div', {class: 'scroller'}, el('div', {class: 'column'}, this.#more, this.#empty, this.#log)),
        el('div', {class: 'foot'}, el('div', {class: 'column'}, this.#problem, this.#line, form))));
    if (id === null) this.#empty.hidden = false;
    else this.#open();
    this.#text.focus({preventScroll: true});
    this.#stay();
    addEventListener('keydown', event => {
      if (event.key === 'Escape' && !this.#stop.hidden && !document.querySelector('dialog')) this.#cancel('current');
    });
  }

  get #scroller() {
    return this.#log.closest('.scroller');
  }

  /** Whoever reads the end still does when the page becomes narrower, or the field higher. */
  #stay() {
    let atEnd = true;
    this.#scroller.addEventListener('scroll', () => { atEnd = this.#isAtEnd(); });
    new ResizeObserver(() => atEnd && this.#toEnd()).observe(this.#scroller);
  }

  #hello() {
    this.#empty.replaceChildren(
      el('h1', {}, 'A conversation that survives'),
      el('p', {}, 'Each answer is a run. Reload, open it twice, kill the process that answers: it goes on, and no word is said twice.'),
      el('div', {class: 'tries'}, TRY.map(([name, text]) => el('button', {type: 'button', onclick: () => this.#suggest(text)},
        el('strong', {}, name), el('span', {class: 'soft'}, text)))),
      el('p', {class: 'soft'}, 'Unless an endpoint is configured (OPENAI_BASE_URL), a scripted model answers: it says the message back.'));
  }

  #suggest(text) {
    this.#text.value = text;
    this.#grow();
    this.#text.focus();
  }

  // What is there, and what comes ---------------------------------------------------------------------------------

  async #open() {
    try {
      const page = await messages(this.#thread, {order: 'newest', limit: PAGE});
      this.#earlier = page.next;
      this.#more.hidden = page.next === null;
      for (const message of page.messages.reverse()) this.#turn(message.id).tell(message);
      this.#empty.hidden = this.#turns.size > 0;
      this.#scroller.scrollTop = this.#scroller.scrollHeight;
      this.#recall([...this.#turns.values()].reverse());
      const last = [...this.#turns.values()].filter(turn => turn.hasBegun).at(-1);
      this.#watch(last ? `${last.run}.0.0` : '0');
    } catch (error) {
      this.#failed(error);
      // Whoever cannot be asked now is asked again, as long as this page is looked at.
      if (!(error instanceof Away)) return;
      setTimeout(() => this.#open(), 2000);
    }
  }

  #watch(from) {
    this.#watching = watchThread(this.#thread, {
      from,
      onTurn: turn => this.#heard(turn),
      onWaiting: runs => this.#inLine(runs),
      onConnection: connection => this.#connected(connection),
    });
  }

  #heard(turn) {
    const atEnd = this.#isAtEnd();
    const view = this.#turn(turn.run);
    view.hear(turn);
    if (view.wants) this.#read();
    this.#empty.hidden = true;
    this.#steer();
    if (atEnd) this.#toEnd();
  }

  #inLine(runs) {
    this.#waiting = runs;
    for (const run of runs) this.#turn(run);
    for (const [run, turn] of this.#turns) turn.wait(runs.indexOf(run));
    if (runs.some(run => this.#turns.get(run).wants)) this.#read();
    this.#steer();
  }

  /** What was said in turns of which only the ids are known, and how those have ended that were heard to. */
  #read() {
    this.#reading ??= (async () => {
      try {
        const page = await messages(this.#thread, {order: 'newest', limit: PAGE});
        const atEnd = this.#isAtEnd();
        for (const message of page.messages) this.#turns.get(message.id)?.tell(message);
        if (atEnd) this.#toEnd();
        this.#steer();
      } catch (error) {
        this.#failed(error);
      } finally {
        this.#reading = null;
      }
    })();
  }

  /** What was sent by turns that have ended without an answer: one after the other, as few do and each asks for itself. */
  async #recall(turns) {
    for (const turn of turns.filter(each => each.isUntold)) {
      await new Promise(resolve => watchRun(turn.run, {
        onText: text => {
          const atEnd = this.#isAtEnd();
          turn.recall(text);
          if (atEnd) this.#toEnd();
        },
        onConnection: ({state}) => ['done', 'refused', 'closed'].includes(state) && resolve(),
      }));
    }
  }

  async #readEarlier() {
    this.#more.disabled = true;
    try {
      const page = await messages(this.#thread, {order: 'newest', limit: PAGE, cursor: this.#earlier});
      const before = this.#scroller.scrollHeight - this.#scroller.scrollTop;
      this.#earlier = page.next;
      this.#more.hidden = page.next === null;
      for (const message of page.messages) this.#turn(message.id).tell(message);
      this.#scroller.scrollTop = this.#scroller.scrollHeight - before;
      this.#recall(page.messages.map(message => this.#turns.get(message.id)));
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#more.disabled = false;
    }
  }

  /** The turn of this run: ids grow, and so does the page. */
  #turn(run) {
    let turn = this.#turns.get(run);
    if (turn) return turn;
    turn = new TurnView(run);
    const after = [...this.#log.children].find(child => child.dataset.run && child.dataset.run > run);
    this.#log.insertBefore(turn.element, after ?? [...this.#log.children].find(child => !child.dataset.run) ?? null);
    this.#turns.set(run, turn);
    this.#turns = new Map([...this.#turns].sort(([a], [b]) => (a < b ? -1 : 1)));
    return turn;
  }

  #connected({state, code, detail}) {
    clearTimeout(this.#missed);
    if (state === 'lost') {
      this.#missed = setTimeout(() => say(this.#line, 'The connection is lost. Trying again…'), MISSED);
    } else if (state === 'live') {
      say(this.#line, '');
    } else if (state === 'refused') {
      say(this.#line, detail);
      if (code === 'key_required' || code === 'key_revoked' || code === 'key_unknown') askForKey(detail);
    }
    this.#line.dataset.state = state;
  }

  // Taking part ---------------------------------------------------------------------------------------------------

  async #say() {
    const text = this.#text.value.trim();
    if (!text) return;
    this.#text.value = '';
    this.#grow();
    this.#problem.hidden = true;
    this.#empty.hidden = true;
    if (this.#thread === null) this.#begin();
    const turn = new TurnView(null);
    turn.said(text);
    this.#log.append(turn.element);
    this.#toEnd();
    await this.#post(turn, text, requestId());
  }

  /** Repeated with the same request id, it is said once. */
  async #post(turn, text, request) {
    turn.sending();
    try {
      const {id} = await post(this.#thread, {message: text}, {task: this.#task, requestId: request});
      turn.element.remove();
      const known = this.#turn(id);
      known.said(text);
      known.wait(this.#waiting.indexOf(id));
      this.#toEnd();
      this.#steer();
      this.#list.now();
      if (!this.#watching) this.#watch('0');
    } catch (error) {
      turn.unsent(error.message, () => this.#post(turn, text, request));
      this.#failed(error);
    }
  }

  #begin() {
    const bytes = crypto.getRandomValues(new Uint8Array(5));
    this.#thread = 'talk-' + Array.from(bytes, byte => (byte % 36).toString(36)).join('');
    history.replaceState(null, '', `/chat/${this.#thread}${location.search}`);
    document.title = `${this.#thread} · Chat · Holdfast`;
    this.#list.current = this.#thread;
  }

  async #cancel(which) {
    this.#stop.disabled = this.#stopAll.disabled = true;
    try {
      const {cancelled} = await cancel(this.#thread, which);
      for (const run of cancelled) this.#turns.get(run)?.stopping();
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#stop.disabled = this.#stopAll.disabled = false;
    }
    this.#text.focus();
  }

  #failed(error) {
    if (error.status === 401) askForKey(error.message);
    say(this.#problem, error.message);
    this.#problem.hidden = error instanceof Away && this.#watching !== null;
  }

  /** Which buttons there are. */
  #steer() {
    const live = [...this.#turns.values()].filter(turn => turn.isLive);
    const waiting = live.filter(turn => turn.isWaiting).length;
    this.#stop.hidden = live.length - waiting === 0;
    this.#stopAll.hidden = waiting === 0;
    say(this.#stopAll, this.#stop.hidden ? `Drop ${waiting}` : `Stop all ${waiting + 1}`);
    this.#send.textContent = live.length ? 'Queue' : 'Send';
    this.#send.title = live.length ? 'It is answered when those before it are' : '';
  }

  #key(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#say();
  }

  #grow() {
    this.#text.style.height = 'auto';
    this.#text.style.height = `${Math.min(this.#text.scrollHeight + 2, 220)}px`;
  }

  #isAtEnd() {
    const box = this.#scroller;
    return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  }

  #toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }
}

/** Those of late: the lanes of the newest runs. */
class Conversations {
  #list = el('ul');
  #poll;

  constructor(current) {
    this.current = current;
    const wide = matchMedia('(min-width: 60rem)');
    const fold = el('details', {open: wide.matches}, el('summary', {}, 'Conversations'), this.#list);
    wide.addEventListener('change', () => { fold.open = wide.matches; });
    this.element = el('nav', {class: 'talks', 'aria-label': 'Conversations'},
      el('a', {class: 'new', href: '/chat'}, '+ New conversation'), fold);
    this.#poll = poll(() => this.#look(), () => 10_000);
  }

  now() {
    this.#poll.now();
  }

  async #look() {
    let page;
    try {
      page = await api('/v1/runs?task=chat&limit=200');
    } catch {
      return;
    }
    const newest = new Map();
    for (const run of page.runs) {
      const thread = run.lane?.startsWith('thread:') ? run.lane.slice('thread:'.length) : null;
      if (thread !== null && !newest.has(thread)) newest.set(thread, run);
    }
    if (this.current !== null && !newest.has(this.current)) newest.set(this.current, null);
    this.#list.replaceChildren(...[...newest].slice(0, SHOWN).map(([thread, run]) => el('li', {},
      el('a', {href: `/chat/${encodeURIComponent(thread)}`, 'aria-current': thread === this.current ? 'page' : null},
        el('span', {class: 'name'}, thread), el('span', {class: 'soft'}, run ? ago(run.createdAt) : 'new')))));
  }
}
