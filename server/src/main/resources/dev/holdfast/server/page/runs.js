// The list of runs, and a form to start one.
import {ago, api, Away, badge, el, poll, requestId, say, span, standing} from '/page/parts.js';

const STATES = ['QUEUED', 'STARTING', 'RUNNING', 'BLOCKED', 'STOPPING', 'FINISHED'];
const PAGE = 50;
const EVERY = 1000;
/** What to begin with, for the tasks that come with Holdfast. */
const SAMPLES = {
  wordcount: '{\n  "path": "docs",\n  "glob": "**/*.md",\n  "delayMs": 200\n}',
  flaky: '{\n  "failures": 2\n}',
  approval: '{\n  "what": "the new prices",\n  "timeout": "PT1H"\n}',
  fanout: '{\n  "children": 5\n}',
  sleeper: '{\n  "seconds": 20\n}',
  chat: '{\n  "thread": "t1",\n  "message": "[slow] hello, how are you?"\n}',
  noop: 'null',
};

export function openRuns(main) {
  document.title = 'Runs · Holdfast';
  const list = new List();
  const start = new StartForm();
  main.className = 'home';
  main.replaceChildren(list.element, start.element);
  const tasks = poll(async () => {
    try {
      const names = (await api('/v1/tasks')).tasks.map(task => task.name);
      start.offer(names);
      list.offer(names);
      if (names.length) tasks.stop();
    } catch (error) {
      if (!(error instanceof Away)) start.problem(error.message);
    }
  }, () => 2000);
}

class List {
  #rows = new Map();
  #filter = new URLSearchParams(location.search);
  #body = el('tbody');
  #empty = el('div', {class: 'empty', role: 'status'}, 'Loading…');
  #error = el('p', {class: 'problem', role: 'alert', hidden: true});
  #table = el('table', {class: 'runs', hidden: true},
    el('thead', {}, el('tr', {}, ['State', 'Task', 'Run', 'Attempt', 'Epoch', 'Created', 'Took']
      .map(name => el('th', {scope: 'col', class: name.toLowerCase()}, name)))),
    this.#body);
  #states = el('div', {class: 'chips', role: 'group', 'aria-label': 'State'});
  #task = el('select', {'aria-label': 'Task', onchange: () => this.#set('task', this.#task.value)}, el('option', {value: ''}, 'All tasks'));
  /** The queue and the lane that a link has asked for. */
  #place = el('div', {class: 'place', hidden: true});
  #newest = el('button', {onclick: () => this.#set('cursor', '')}, '← Newest');
  #older = el('button', {onclick: () => this.#set('cursor', this.#next)}, 'Older →');
  #pager = el('nav', {class: 'pager', 'aria-label': 'Pages', hidden: true}, this.#newest, this.#older);
  #next = '';
  #poll;

  constructor() {
    for (const state of ['', ...STATES]) {
      this.#states.append(el('button', {'data-state': state, onclick: () => this.#set('status', state)},
        state ? state[0] + state.slice(1).toLowerCase() : 'All'));
    }
    this.offer([]);
    this.element = el('section', {'aria-label': 'Runs', class: 'list'},
      el('div', {class: 'bar'}, el('h1', {}, 'Runs'), this.#states, this.#task, this.#place),
      this.#error, el('div', {class: 'panel'}, this.#table, this.#empty), this.#pager);
    this.#show();
    this.#poll = poll(() => this.#look(), () => EVERY);
  }

  /** The tasks to filter by. */
  offer(names) {
    const chosen = this.#filter.get('task') ?? '';
    const all = chosen && !names.includes(chosen) ? [chosen, ...names] : names;
    this.#task.replaceChildren(el('option', {value: ''}, 'All tasks'), ...all.map(name => el('option', {value: name}, name)));
    this.#task.value = chosen;
  }

  #set(name, value) {
    if (value) this.#filter.set(name, value);
    else this.#filter.delete(name);
    if (name !== 'cursor') this.#filter.delete('cursor');
    history.replaceState(null, '', this.#filter.size ? `?${this.#filter}` : '/');
    this.#show();
    this.#poll.now();
  }

  #show() {
    this.#showPlace();
    for (const chip of this.#states.children) {
      chip.setAttribute('aria-pressed', String(chip.dataset.state === (this.#filter.get('status') ?? '').toUpperCase()));
    }
  }

  #showPlace() {
    const queue = this.#filter.get('queue'), lane = this.#filter.get('lane');
    this.#place.hidden = !queue && !lane;
    this.#place.replaceChildren(...[
      lane ? el('span', {}, 'lane ', el('strong', {}, lane)) : el('span', {}, 'queue ', el('strong', {}, queue ?? '')),
      el('a', {href: `/queues/${encodeURIComponent(queue ?? 'default')}`}, 'its queue'),
      el('button', {class: 'quiet', onclick: () => { this.#filter.delete('lane'); this.#set('queue', ''); }}, 'show all')]);
  }

  async #look() {
    const query = new URLSearchParams(this.#filter);
    query.set('limit', PAGE);
    const asked = String(this.#filter);
    try {
      const page = await api(`/v1/runs?${query}`);
      if (asked !== String(this.#filter)) return;
      this.#error.hidden = true;
      this.#draw(page);
    } catch (error) {
      if (error instanceof Away) return;
      this.#error.hidden = false;
      say(this.#error, error.message);
    }
  }

  #draw({runs, next}) {
    const ids = new Set(runs.map(run => run.id));
    for (const [id, row] of this.#rows) {
      if (!ids.has(id)) {
        row.element.remove();
        this.#rows.delete(id);
      }
    }
    let before = this.#body.firstElementChild;
    for (const run of runs) {
      let row = this.#rows.get(run.id);
      if (!row) this.#rows.set(run.id, row = new Row(run));
      row.show(run);
      if (row.element === before) before = before.nextElementSibling;
      else this.#body.insertBefore(row.element, before);
    }
    this.#table.hidden = runs.length === 0;
    this.#empty.hidden = runs.length > 0;
    const filtered = this.#filter.size > 0;
    say(this.#empty, filtered ? 'No run is like that.' : 'No runs yet. Start one with the form, or: holdfast run wordcount --input \'{"path":"docs"}\'');
    this.#next = next ?? '';
    this.#newest.disabled = !this.#filter.has('cursor');
    this.#older.disabled = !next;
    this.#pager.hidden = !next && !this.#filter.has('cursor');
  }
}

class Row {
  #badge = el('span');
  #due = el('span', {class: 'due'});
  #attempt = el('td', {class: 'attempt number', 'data-label': 'attempt'});
  #epoch = el('td', {class: 'epoch number', 'data-label': 'epoch'});
  #created = el('td', {class: 'created'});
  #took = el('td', {class: 'took number'});

  constructor(run) {
    this.element = el('tr', {},
      el('td', {class: 'state'}, this.#badge, this.#due),
      el('td', {class: 'task'}, run.task, run.key ? el('span', {class: 'key', title: 'business key'}, run.key) : null,
        run.lane ? el('a', {class: 'lane', href: `/?${new URLSearchParams({queue: run.queue, lane: run.lane})}`, title: 'all runs of this lane'}, run.lane) : null,
        run.tags.map(tag => el('span', {class: 'tag'}, tag))),
      el('td', {class: 'run'}, el('a', {href: `/runs/${encodeURIComponent(run.id)}`}, run.id)),
      this.#attempt, this.#epoch, this.#created, this.#took);
    this.#created.title = run.createdAt;
  }

  show(run) {
    badge(this.#badge, standing(run));
    const wait = run.due && run.state === 'QUEUED' ? Date.parse(run.due) - Date.now() : 0;
    say(this.#due, wait > 0 ? `in ${span(wait)}` : '');
    say(this.#attempt, String(run.attempt));
    say(this.#epoch, String(run.epoch));
    say(this.#created, ago(run.createdAt));
    const end = run.finishedAt ? Date.parse(run.finishedAt) : Date.now();
    say(this.#took, run.startedAt ? span(end - Date.parse(run.startedAt)) : '–');
  }
}

class StartForm {
  #task = el('select', {id: 'start-task', required: true, onchange: () => this.#sample()});
  #input = el('textarea', {id: 'start-input', rows: 7, spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off'});
  #key = el('input', {id: 'start-key', autocomplete: 'off', placeholder: 'none'});
  #delay = el('input', {id: 'start-delay', autocomplete: 'off', placeholder: 'none, or 5s, 10m, 2h'});
  #button = el('button', {type: 'submit', class: 'primary', disabled: true}, 'Start');
  #problem = el('p', {class: 'problem', role: 'alert', hidden: true});
  /** The request whose answer did not come: pressing the button again repeats it and starts nothing twice. */
  #unanswered = null;

  constructor() {
    const form = el('form', {onsubmit: event => this.#submit(event)},
      el('label', {for: 'start-task'}, 'Task'), this.#task,
      el('label', {for: 'start-input'}, 'Input ', el('span', {class: 'soft'}, 'JSON')), this.#input,
      el('details', {}, el('summary', {}, 'More'),
        el('label', {for: 'start-key'}, 'Business key'), this.#key,
        el('label', {for: 'start-delay'}, 'Delay'), this.#delay),
      this.#problem, this.#button);
    this.#input.addEventListener('keydown', event => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    const wide = matchMedia('(min-width: 60rem)');
    const fold = el('details', {class: 'panel start', open: wide.matches},
      el('summary', {}, el('h2', {}, 'Start a run')), form);
    wide.addEventListener('change', () => { fold.open = wide.matches; });
    this.element = el('aside', {'aria-label': 'Start a run'}, fold);
  }

  offer(names) {
    this.#task.replaceChildren(...names.map(name => el('option', {value: name}, name)));
    if (names.includes('wordcount')) this.#task.value = 'wordcount';
    this.#button.disabled = names.length === 0;
    if (!this.#input.value) this.#sample();
  }

  problem(text) {
    this.#problem.hidden = text === null;
    say(this.#problem, text ?? '');
  }

  #sample() {
    this.#input.value = SAMPLES[this.#task.value] ?? 'null';
    this.problem(null);
  }

  async #submit(event) {
    event.preventDefault();
    const input = this.#input.value.trim() || 'null';
    try {
      JSON.parse(input);
    } catch (error) {
      this.problem(`The input is not JSON: ${error.message}`);
      this.#input.focus();
      return;
    }
    // The input goes out as it was typed: a large number is not rounded on the way.
    const more = {};
    if (this.#key.value.trim()) more.key = this.#key.value.trim();
    if (this.#delay.value.trim()) more.delay = this.#delay.value.trim();
    const rest = JSON.stringify(more).slice(1, -1);
    const body = `{"input":${input}${rest && ',' + rest}}`;
    const path = `/v1/tasks/${encodeURIComponent(this.#task.value)}/runs`;
    if (this.#unanswered?.body !== body || this.#unanswered.path !== path) this.#unanswered = {path, body, id: requestId()};
    this.#button.disabled = true;
    this.problem(null);
    try {
      const started = await api(path, {method: 'POST', body, headers: {'Idempotency-Key': this.#unanswered.id}});
      this.#unanswered = null;
      location.href = `/runs/${encodeURIComponent(started.id)}`;
    } catch (error) {
      if (!(error instanceof Away)) this.#unanswered = null;
      this.problem(error.message);
    } finally {
      this.#button.disabled = false;
    }
  }
}
