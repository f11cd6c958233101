// The queues, and one queue with its lanes: how many wait, pause and resume, limits.
import {api, Away, el, poll, requestId, say} from '/page/parts.js';

const EVERY = 1500;
const PAGE = 100;

/** @param name of one queue, or null for all */
export function openQueues(main, name) {
  document.title = `${name ?? 'Queues'} · Holdfast`;
  main.className = 'queues-page';
  if (name === null) new Queues(main);
  else new QueuePage(main, name);
}

/** A page that shows an answer of the API again and again, and says what was refused. */
export class Live {
  #error = el('p', {class: 'problem', role: 'alert', hidden: true});
  #look;
  #poll;

  begin(main, look, ...parts) {
    main.replaceChildren(parts[0], this.#error, ...parts.slice(1));
    this.#look = look;
    this.#poll = poll(() => this.#guard(look), () => EVERY);
  }

  async #guard(doing) {
    try {
      await doing();
      return true;
    } catch (error) {
      if (error instanceof Away) return false;
      this.problem(error.message);
      return false;
    }
  }

  problem(text) {
    this.#error.hidden = text === null;
    say(this.#error, text ?? '');
  }

  async change(path, body) {
    this.problem(null);
    const done = await this.#guard(() => api(path, {method: 'PATCH', body: JSON.stringify(body), headers: {'Idempotency-Key': requestId()}}));
    this.#poll.now();
    return done;
  }
}

class Queues extends Live {
  #body = el('tbody');
  #empty = el('p', {class: 'empty'}, 'Loading…');

  constructor(main) {
    super();
    this.begin(main, () => this.#look(),
      el('div', {class: 'bar'}, el('h1', {}, 'Queues')),
      el('div', {class: 'panel scroll'}, table('queues', ['Queue', 'Executing', 'Waiting', 'Delayed', 'Limit', 'Limit of a lane', 'Rate', 'Lanes', ''], this.#body), this.#empty));
  }

  async #look() {
    const {queues} = await api('/v1/queues');
    this.#empty.hidden = queues.length > 0;
    say(this.#empty, 'No task has a queue here.');
    update(this.#body, queues, queue => queue.name, queue => el('tr', {},
      el('td', {class: 'name'}, el('a', {href: path(queue.name)}, queue.name), paused(queue)),
      number(queue.executing), number(queue.waiting), number(queue.delayed), number(limit(queue.concurrency)),
      number(limit(queue.laneConcurrency)), number(limit(rate(queue))), number(queue.lanes),
      el('td', {class: 'act'}, toggle(queue, () => this.change('/v1' + path(queue.name), {paused: !queue.paused})))));
  }
}

class QueuePage extends Live {
  #name;
  #body = el('tbody');
  #empty = el('p', {class: 'empty'}, 'Loading…');
  #more = el('p', {class: 'note', hidden: true});
  #facts = el('dl', {class: 'facts'});
  #state = el('span', {role: 'status'});
  #act = el('div', {class: 'buttons'});
  #limit = el('input', {id: 'limit', inputmode: 'numeric', placeholder: 'none', autocomplete: 'off'});
  #lane = el('input', {id: 'lane-limit', inputmode: 'numeric', placeholder: 'none', autocomplete: 'off'});
  #rate = el('input', {id: 'rate', placeholder: 'none, or 100/60s', autocomplete: 'off'});
  #known = null;

  constructor(main, name) {
    super();
    this.#name = name;
    const form = el('form', {class: 'limits', onsubmit: event => this.#submit(event)},
      el('label', {for: 'limit'}, 'Executing at once'), this.#limit,
      el('label', {for: 'lane-limit'}, 'In each concurrent lane'), this.#lane,
      el('label', {for: 'rate'}, 'Claimed in a time'), this.#rate,
      el('button', {class: 'primary'}, 'Set limits'));
    this.begin(main, () => this.#look(),
      el('header', {}, el('a', {href: '/queues', class: 'back'}, '← Queues'),
        el('div', {class: 'title'}, el('h1', {}, name), this.#state, this.#act), this.#facts),
      el('section', {class: 'panel', 'aria-label': 'Limits'}, el('div', {class: 'panel-head'}, el('h2', {}, 'Limits'),
        el('span', {class: 'soft'}, 'What executes beyond a lower limit finishes.')), form),
      el('section', {class: 'panel', 'aria-label': 'Lanes'}, el('div', {class: 'panel-head'}, el('h2', {}, 'Lanes'), this.#more),
        el('div', {class: 'scroll'}, table('lanes', ['Lane', 'Kind', 'Taken', 'Waiting', ''], this.#body)), this.#empty));
  }

  async #look() {
    const {queue, lanes, next} = await api(`/v1${path(this.#name)}?limit=${PAGE}`);
    const print = JSON.stringify(queue);
    if (print !== this.#known) this.#show(queue);
    this.#known = print;
    this.#empty.hidden = lanes.length > 0;
    say(this.#empty, 'No lane has something to do now.');
    this.#more.hidden = !next;
    say(this.#more, `the first ${PAGE}; holdfast queues ${this.#name} has all`);
    update(this.#body, lanes, lane => lane.kind + lane.name, lane => el('tr', {},
      el('td', {class: 'name'}, el('a', {href: `/?${new URLSearchParams({queue: this.#name, lane: lane.name})}`}, lane.name), paused(lane)),
      el('td', {}, lane.kind.toLowerCase()), number(lane.taken), number(lane.waiting),
      el('td', {class: 'act'}, toggle(lane, () =>
        this.change(`/v1${path(this.#name)}/lanes/${encodeURIComponent(lane.name)}`, {paused: !lane.paused})))));
  }

  #show(queue) {
    this.#state.replaceChildren(...[paused(queue)].filter(Boolean));
    this.#act.replaceChildren(toggle(queue, () => this.change('/v1' + path(this.#name), {paused: !queue.paused})));
    const facts = {Executing: queue.executing, Waiting: queue.waiting, Delayed: queue.delayed, Lanes: queue.lanes};
    this.#facts.replaceChildren(...Object.entries(facts).map(([name, value]) =>
      el('div', {}, el('dt', {}, name), el('dd', {}, String(value)))),
    el('div', {}, el('dt', {}, 'Runs'), el('dd', {}, el('a', {href: `/?${new URLSearchParams({queue: this.#name})}`}, 'all of this queue'))));
    // Nobody's typing is overwritten.
    if (document.activeElement !== this.#limit) this.#limit.value = queue.concurrency ?? '';
    if (document.activeElement !== this.#lane) this.#lane.value = queue.laneConcurrency ?? '';
    if (document.activeElement !== this.#rate) this.#rate.value = rate(queue) ?? '';
  }

  async #submit(event) {
    event.preventDefault();
    const wanted = {};
    for (const [name, field] of [['concurrency', this.#limit], ['laneConcurrency', this.#lane]]) {
      const text = field.value.trim();
      if (text && !/^\d{1,9}$/.test(text)) {
        this.problem(`'${text}' is not a limit: a whole number from 1 on, or nothing for no limit.`);
        field.focus();
        return;
      }
      wanted[name] = text ? Number(text) : null;
    }
    const often = this.#rate.value.trim();
    const parts = /^(\d{1,9})\/(\w{1,20})$/.exec(often);
    if (often && !parts) {
      this.problem(`'${often}' is not a rate: such as 100/60s, or nothing for no limit.`);
      this.#rate.focus();
      return;
    }
    wanted.rate = parts ? {count: Number(parts[1]), per: parts[2]} : null;
    await this.change('/v1' + path(this.#name), wanted);
  }
}

function path(queue) {
  return `/queues/${encodeURIComponent(queue)}`;
}

export function table(name, heads, body) {
  return el('table', {class: name}, el('thead', {}, el('tr', {}, heads.map(head => el('th', {scope: 'col'}, head)))), body);
}

function number(value) {
  return el('td', {class: 'number'}, String(value));
}

function rate(queue) {
  return queue.rate ? `${queue.rate.count}/${queue.rate.per}` : null;
}

function limit(value) {
  return value ?? '–';
}

export function paused(thing) {
  return thing.paused ? el('span', {class: 'badge tone-warn'}, '‖ paused') : null;
}

export function toggle(thing, change) {
  return el('button', {'aria-label': `${thing.paused ? 'Resume' : 'Pause'} ${thing.name}`, onclick: change}, thing.paused ? 'Resume' : 'Pause');
}

/** Rows are made anew only if what they show differs, so that the focus stays where it is. */
export function update(body, things, key, row) {
  const known = new Map([...body.children].map(element => [element.dataset.key, element]));
  const rows = things.map(thing => {
    const print = JSON.stringify(thing);
    const old = known.get(key(thing));
    if (old?.dataset.print === print) return old;
    const made = row(thing);
    made.dataset.key = key(thing);
    made.dataset.print = print;
    return made;
  });
  if (rows.length !== body.children.length || rows.some((element, i) => body.children[i] !== element)) {
    const focused = body.contains(document.activeElement) ? document.activeElement.closest('tr').dataset.key : null;
    body.replaceChildren(...rows);
    if (focused !== null && !body.contains(document.activeElement)) {
      rows.find(element => element.dataset.key === focused)?.querySelector('button')?.focus();
    }
  }
}
