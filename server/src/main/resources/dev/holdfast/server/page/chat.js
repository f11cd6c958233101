// A conversation: what was said, what is being answered, and a field to go on.
import {Away, cancel, cancelRun, requestId} from '/holdfast.js';
import {askForKey, el, say} from '/page/parts.js';
import {Talk} from '/page/talk.js';
import {Talks} from '/page/talks.js';

/** A connection that is back sooner than this was never missed. */
const MISSED = 1500;
const NEAR = 80;
const HIGHEST = 220;
const KEYS = new Set(['key_required', 'key_revoked', 'key_unknown']);
const TRY = [
  ['Say it slowly', '[slow] Tell me slowly that every word is written down before I see it'],
  ['Break off and ask again', '[slow:60] [cut:8] [tries:1] This answer breaks off in the middle, is taken back and asked for again'],
  ['Count for a while', '[slow:150] [many:60] [stamp]'],
];

/** @param id of the conversation; null for a new one */
export function openChat(main, id) {
  new ChatPage(main, id);
}

class ChatPage {
  #thread;
  #task = new URLSearchParams(location.search).get('task') ?? 'chat';
  #talk;
  #talks;
  #missed = 0;
  #empty = el('div', {class: 'hello', hidden: true});
  #problem = el('p', {class: 'problem', role: 'alert', hidden: true});
  #line = el('p', {class: 'line', role: 'status'});
  #text = el('textarea', {id: 'say', rows: 1, placeholder: 'Say something…', 'aria-label': 'Message', autocomplete: 'off',
    oninput: () => this.#grow(), onkeydown: event => this.#key(event)});
  #send = el('button', {type: 'submit', class: 'primary'}, 'Send');
  #stop = el('button', {type: 'button', class: 'stop', hidden: true, title: 'Esc', onclick: () => this.#stopLive()}, 'Stop');
  #stopAll = el('button', {type: 'button', class: 'stop', hidden: true, onclick: () => this.#stopEvery()}, 'Stop all');

  constructor(main, id) {
    this.#thread = id;
    this.#talks = new Talks(id);
    this.#talk = new Talk(id, {
      keep: change => this.#keep(change),
      changed: () => this.#steer(),
      connected: connection => this.#connected(connection),
      failed: error => this.#failed(error),
    });
    document.title = `${id ?? 'New conversation'} · Chat · Holdfast`;
    const form = el('form', {class: 'composer', onsubmit: event => { event.preventDefault(); this.#say(); }},
      this.#text, el('div', {class: 'buttons'}, this.#stopAll, this.#stop, this.#send));
    this.#hello();
    main.className = 'chat';
    main.replaceChildren(this.#talks.element,
      el('section', {class: 'talk', 'aria-label': 'Conversation'},
        el('div', {class: 'scroller'}, el('div', {class: 'column'}, this.#empty, this.#talk.element)),
        el('div', {class: 'foot'}, el('div', {class: 'column'}, this.#problem, this.#line, form))));
    this.#stay();
    if (id === null) this.#empty.hidden = false;
    else this.#talk.open();
    this.#text.focus({preventScroll: true});
    addEventListener('keydown', event => {
      if (event.key === 'Escape' && !this.#stop.hidden && !document.querySelector('dialog')) this.#stopLive();
    });
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

  // What is shown ---------------------------------------------------------------------------------------------------

  get #scroller() {
    return this.#talk.element.closest('.scroller');
  }

  /** Whoever reads the end still does when the page becomes narrower, or the field higher. */
  #stay() {
    let atEnd = true;
    this.#scroller.addEventListener('scroll', () => { atEnd = this.#isAtEnd(); });
    new ResizeObserver(() => atEnd && this.#toEnd()).observe(this.#scroller);
  }

  /** … and when something is added; and whoever reads something else goes on with that, whatever is added before it. */
  #keep(change) {
    const atEnd = this.#isAtEnd();
    const read = atEnd ? null : this.#read();
    const before = read?.getBoundingClientRect().top;
    change();
    this.#empty.hidden = !this.#talk.isEmpty;
    if (atEnd) this.#toEnd();
    else if (read?.isConnected) this.#scroller.scrollTop += read.getBoundingClientRect().top - before;
  }

  /** The first turn that can be seen. */
  #read() {
    const top = this.#scroller.getBoundingClientRect().top;
    return [...this.#talk.element.children].find(child => child.dataset.run && child.getBoundingClientRect().bottom > top);
  }

  #isAtEnd() {
    const box = this.#scroller;
    return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  }

  #toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #connected({state, code, detail}) {
    clearTimeout(this.#missed);
    if (state === 'lost') {
      this.#missed = setTimeout(() => say(this.#line, 'The connection is lost. Trying again…'), MISSED);
    } else if (state === 'live') {
      say(this.#line, '');
    } else if (state === 'refused' || state === 'failed') {
      say(this.#line, detail);
      if (KEYS.has(code)) askForKey(detail);
    }
    this.#line.dataset.state = state;
  }

  /** Which buttons there are. */
  #steer() {
    const {live, waiting} = this.#talk;
    this.#stop.hidden = live === undefined;
    this.#stopAll.hidden = waiting === 0;
    say(this.#stopAll, live ? `Stop all ${waiting + 1}` : `Drop ${waiting}`);
    this.#send.textContent = live || waiting ? 'Queue' : 'Send';
    this.#send.title = live || waiting ? 'It is answered when those before it are' : '';
  }

  #failed(error) {
    if (error.status === 401) askForKey(error.message);
    say(this.#problem, error.message);
    this.#problem.hidden = error instanceof Away && this.#talk.isWatched;
  }

  // Taking part -----------------------------------------------------------------------------------------------------

  async #say() {
    const text = this.#text.value.trim();
    if (!text) return;
    this.#text.value = '';
    this.#grow();
    this.#problem.hidden = true;
    this.#empty.hidden = true;
    if (this.#thread === null) this.#begin();
    const turn = this.#talk.say(text);
    this.#toEnd();
    await this.#talk.post(turn, text, {task: this.#task, requestId: requestId()});
    this.#talks.now();
  }

  #begin() {
    const bytes = crypto.getRandomValues(new Uint8Array(5));
    this.#thread = 'talk-' + Array.from(bytes, byte => (byte % 36).toString(36)).join('');
    history.replaceState(null, '', `/chat/${this.#thread}${location.search}`);
    document.title = `${this.#thread} · Chat · Holdfast`;
    this.#talk.name(this.#thread);
    this.#talks.current = this.#thread;
  }

  /** The turn that is shown: whichever is live when that is decided may be the next one. */
  #stopLive() {
    const {live} = this.#talk;
    return this.#stopping(async () => [(await cancelRun(live.run)).id]);
  }

  #stopEvery() {
    return this.#stopping(async () => (await cancel(this.#thread, 'all')).cancelled);
  }

  /** @param stop answers which runs were told */
  async #stopping(stop) {
    this.#stop.disabled = this.#stopAll.disabled = true;
    try {
      this.#talk.stopping(await stop());
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#stop.disabled = this.#stopAll.disabled = false;
    }
    this.#text.focus();
  }

  #key(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#say();
  }

  #grow() {
    this.#text.style.height = 'auto';
    this.#text.style.height = `${Math.min(this.#text.scrollHeight + 2, HIGHEST)}px`;
  }
}
