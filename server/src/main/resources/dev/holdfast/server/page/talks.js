// The conversations of late: the lanes of the newest runs.
import {ago, api, el, poll} from '/page/parts.js';

const SHOWN = 12;
const LOOK = 10_000;

export class Talks {
  #list = el('ul');
  #poll;

  /** @param current the id of the one that is shown; null for none */
  constructor(current) {
    this.current = current;
    const wide = matchMedia('(min-width: 60rem)');
    const fold = el('details', {open: wide.matches}, el('summary', {}, 'Conversations'), this.#list);
    wide.addEventListener('change', () => { fold.open = wide.matches; });
    this.element = el('nav', {class: 'talks', 'aria-label': 'Conversations'},
      el('a', {class: 'new', href: '/chat'}, '+ New conversation'), fold);
    this.#poll = poll(() => this.#look(), () => LOOK);
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
