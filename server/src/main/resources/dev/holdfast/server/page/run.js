// One run, live.
import {ago, api, Away, badge, clock, confirm, el, json, poll, requestId, say, span, standing} from '/page/parts.js';
import {StreamView} from '/page/stream.js';
import {kind, Timeline} from '/page/timeline.js';
import {link, sendJson, Waits} from '/page/waits.js';

const STEPS_SHOWN = 500;
const SUMMARY = 140;

export function openRun(main, id) {
  document.title = `${id} · Holdfast`;
  new RunPage(main, id);
}

class RunPage {
  #id;
  #main;
  #path;
  #run = null;
  #poll;
  #cost = 0;
  #header = new Header(this);
  #waits = new Waits(this);
  #timeline = new Timeline();
  #snapshots = new Snapshots();
  #steps = new Steps();
  #payloads = new Payloads();
  #stream;
  #problem = el('p', {class: 'problem', role: 'alert', hidden: true});

  constructor(main, id) {
    this.#id = id;
    this.#main = main;
    this.#path = `/v1/runs/${encodeURIComponent(id)}`;
    main.className = 'run-page';
    main.replaceChildren(el('p', {class: 'empty', role: 'status'}, 'Loading…'));
    this.#poll = poll(() => this.#look(), () => this.#pause());
    setInterval(() => this.#second(), 1000);
  }

  /** A large run is asked for less often; a finished one changes only by being deleted. */
  #pause() {
    return Math.max(this.#run?.finishedAt ? 5000 : 1500, this.#cost * 10);
  }

  async #look() {
    try {
      const before = performance.now();
      // Finished runs do not change; only their being there is looked at, and that is cheap.
      if (this.#run?.finishedAt) {
        await api(`${this.#path}/explain`);
        return;
      }
      const [run, why] = await Promise.all([api(this.#path), api(`${this.#path}/explain`)]);
      this.#cost = performance.now() - before;
      this.#show(run, why);
    } catch (error) {
      if (error instanceof Away) return;
      if (error.status === 404 || error.status === 400) this.#gone(error);
      else this.problem(error.message);
    }
  }

  #show(run, why) {
    if (!this.#run) {
      this.#stream = new StreamView(this.#id, () => this.#heard());
      this.#main.replaceChildren(
        this.#header.element, this.#problem, this.#waits.element,
        el('section', {class: 'panel', 'aria-label': 'Timeline'},
          el('div', {class: 'panel-head'}, el('h2', {}, 'Timeline'), this.#timeline.note),
          this.#timeline.element, this.#snapshots.element),
        el('div', {class: 'columns'}, this.#stream.element, this.#payloads.element),
        this.#steps.element);
    }
    this.#run = run;
    this.#header.show(run, why);
    this.#waits.show(run);
    this.#timeline.show(run);
    this.#snapshots.show(run.snapshots);
    this.#steps.show(run);
    this.#payloads.show(run);
    document.title = `${standing(run).toLowerCase()} · ${run.task} · Holdfast`;
  }

  #heard() {
    if (this.#run?.finishedAt) return;
    if (this.#cost < 200) this.#poll.now();
  }

  #second() {
    if (!this.#run || this.#run.finishedAt || document.hidden) return;
    this.#timeline.draw();
    this.#header.tick();
    this.#waits.tick();
  }

  #gone(error) {
    this.#poll.stop();
    this.#stream?.close();
    document.title = 'No such run · Holdfast';
    this.#main.replaceChildren(el('section', {class: 'panel gone'},
      el('h1', {}, this.#run ? 'This run was deleted' : 'No such run'), el('p', {}, error.message), el('a', {href: '/'}, '← All runs')));
  }

  problem(text) {
    this.#problem.hidden = text === null;
    say(this.#problem, text ?? '');
  }

  async cancel() {
    if (!await confirm('Cancel this run?', 'Its code gets the cancel at its next step and may still tidy up. This cannot be taken back.', 'Cancel the run')) return;
    await this.#ask(`${this.#path}/cancel`, 'POST');
    this.#poll.now();
  }

  /** @param name of the signal to begin with */
  async signal(name) {
    const sent = await sendJson('Send a signal', name, chosen => `${this.#path}/signals/${encodeURIComponent(chosen)}`);
    if (sent) this.#poll.now();
  }

  async complete(token) {
    if (await sendJson('Complete the token', null, () => `/v1/tokens/${encodeURIComponent(token)}/complete`)) this.#poll.now();
  }

  /** @param from key of the first step that is done again; null for all of it */
  async rerun(from) {
    const what = from === null ? 'Everything is done again' : `Step ${from} and all after it is done again`;
    if (!await confirm('Run again?', `${what}, in a new run, by the code that is hosted now.`, 'Run again')) return;
    this.problem(null);
    try {
      const started = await api(`${this.#path}/rerun`, {method: 'POST', headers: {'Idempotency-Key': requestId()}, body: JSON.stringify({from})});
      location.href = `/runs/${started.id}`;
    } catch (error) {
      this.problem(error.message);
    }
  }

  async delete() {
    if (!await confirm('Delete this run?', 'Its snapshots, steps, text, input and output are gone for good.', 'Delete the run')) return;
    if (await this.#ask(this.#path, 'DELETE')) location.href = '/';
  }

  async #ask(path, method) {
    this.problem(null);
    try {
      await api(path, {method, headers: {'Idempotency-Key': requestId()}});
      return true;
    } catch (error) {
      this.problem(error.message);
      return false;
    }
  }
}

class Header {
  #badge = el('span');
  #task = el('h1');
  #id = el('code', {class: 'id'});
  #why = el('p', {class: 'why'});
  #next = el('span', {class: 'next'});
  #facts = new Map();
  #list = el('dl', {class: 'facts'});
  #cancel;
  #signal;
  #again;
  #delete;
  #run;
  #due = null;

  constructor(page) {
    for (const name of ['Attempt', 'Epoch', 'Losses', 'Holder', 'Created', 'Started', 'Finished', 'Took', 'Parent', 'Rerun of', 'Queue', 'Lane', 'Key', 'Tags', 'Version']) {
      this.#fact(name, null);
    }
    this.#cancel = el('button', {onclick: () => page.cancel()}, 'Cancel');
    this.#signal = el('button', {onclick: () => page.signal(awaited(this.#run))}, 'Signal…');
    this.#again = el('button', {onclick: () => page.rerun(null)}, 'Run again');
    this.#delete = el('button', {class: 'danger', onclick: () => page.delete()}, 'Delete');
    const copy = el('button', {class: 'quiet', title: 'Copy the id', onclick: async () => {
      await navigator.clipboard.writeText(this.#run.id);
      say(copy, 'copied');
      setTimeout(() => say(copy, 'copy'), 1500);
    }}, 'copy');
    this.element = el('header', {class: 'run-head'},
      el('a', {href: '/', class: 'back'}, '← Runs'),
      el('div', {class: 'title'}, this.#task, el('span', {role: 'status', 'aria-label': 'State'}, this.#badge),
        el('div', {class: 'buttons'}, this.#signal, this.#cancel, this.#again, this.#delete)),
      el('div', {class: 'id-line'}, this.#id, copy),
      el('div', {class: 'explain'}, this.#why, this.#next),
      this.#list);
  }

  show(run, why) {
    this.#run = run;
    say(this.#task, run.task);
    say(this.#id, run.id);
    badge(this.#badge, standing(run)).classList.add('large');
    say(this.#why, why.sentence);
    this.#due = why.next;
    const losses = run.snapshots.filter(snapshot => kind(snapshot) === 'lost').length;
    this.#fact('Attempt', run.attempt);
    this.#fact('Epoch', run.epoch);
    this.#fact('Losses', losses || null);
    this.#fact('Holder', run.holder);
    this.#fact('Created', clock(run.createdAt), run.createdAt);
    this.#fact('Started', run.startedAt && clock(run.startedAt), run.startedAt);
    this.#fact('Finished', run.finishedAt && clock(run.finishedAt), run.finishedAt);
    this.#fact('Parent', run.parent, null, () => link(run.parent));
    this.#fact('Rerun of', run.rerunOf, run.rerunFrom && `From step ${run.rerunFrom}`, () => link(run.rerunOf));
    this.#fact('Queue', run.queue, null, () => el('a', {href: `/queues/${encodeURIComponent(run.queue)}`}, run.queue));
    this.#fact('Lane', run.lane, run.holdsSlot ? 'It has a slot of this lane.' : null,
      () => el('a', {href: `/?${new URLSearchParams({queue: run.queue, lane: run.lane})}`}, run.lane));
    this.#fact('Key', run.key);
    this.#fact('Tags', run.tags.join(', ') || null);
    this.#fact('Version', run.version);
    this.#cancel.disabled = Boolean(run.finishedAt) || run.cancelRequested;
    say(this.#cancel, run.cancelRequested && !run.finishedAt ? 'Cancel requested' : 'Cancel');
    this.#cancel.hidden = Boolean(run.finishedAt);
    this.#signal.hidden = Boolean(run.finishedAt);
    this.#again.hidden = !run.finishedAt;
    this.#delete.disabled = !run.finishedAt;
    this.#delete.title = run.finishedAt ? '' : 'Only a finished run can be deleted: cancel it first';
    this.tick();
  }

  tick() {
    const wait = this.#due ? Date.parse(this.#due) - Date.now() : 0;
    say(this.#next, this.#due ? (wait > 0 ? `Next in ${span(wait)}` : 'Next: any moment') : '');
    const {startedAt, finishedAt, createdAt} = this.#run;
    this.#fact('Took', startedAt ? span((finishedAt ? Date.parse(finishedAt) : Date.now()) - Date.parse(startedAt)) : `not started, created ${ago(createdAt)}`);
  }

  /** @param build makes a link of it; null for plain text */
  #fact(name, value, title = null, build = null) {
    let fact = this.#facts.get(name);
    if (!fact) {
      fact = {value: el('dd'), element: el('div')};
      fact.element.append(el('dt', {}, name), fact.value);
      this.#facts.set(name, fact);
      this.#list.append(fact.element);
    }
    fact.element.hidden = value === null || value === undefined;
    const text = String(value ?? '');
    if (!build) say(fact.value, text);
    else if (value && fact.value.textContent !== text) fact.value.replaceChildren(build());
    if (title) fact.value.title = title;
  }
}

/** The signal that it waits for, if it waits for one. */
function awaited(run) {
  const keys = new Set(run.waiting?.keys ?? []);
  return run.steps.find(step => keys.has(step.key) && step.awaits?.kind === 'signal')?.awaits.name ?? '';
}

/** The log itself, for those who want every word of it. */
class Snapshots {
  #body = el('tbody');
  #summary = el('summary');
  #count = 0;

  constructor() {
    this.element = el('details', {class: 'snapshots'}, this.#summary, el('div', {class: 'scroll'}, el('table', {},
      el('thead', {}, el('tr', {}, ['Seq', 'State', 'Epoch', 'Attempt', 'At', 'Cause'].map(name => el('th', {scope: 'col'}, name)))),
      this.#body)));
  }

  show(snapshots) {
    if (snapshots.length === this.#count) return;
    for (const snapshot of snapshots.slice(this.#count)) {
      this.#body.append(el('tr', {class: kind(snapshot)},
        el('td', {class: 'number'}, String(snapshot.seq)),
        el('td', {}, badge(el('span'), snapshot.outcome ?? snapshot.state)),
        el('td', {class: 'number'}, String(snapshot.epoch)),
        el('td', {class: 'number'}, String(snapshot.attempt)),
        el('td', {class: 'time', title: snapshot.at}, clock(snapshot.at)),
        el('td', {class: 'cause'}, snapshot.cause)));
    }
    this.#count = snapshots.length;
    say(this.#summary, `All ${this.#count} snapshots`);
  }
}

class Steps {
  /** @type {Map<string, {element: Element, print: string}>} */
  #rows = new Map();
  #body = el('tbody');
  #count = el('span', {class: 'soft'});
  #empty = el('p', {class: 'empty'});
  #table = el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Steps, scrollable'}, el('table', {class: 'steps'},
    el('thead', {}, el('tr', {}, ['Key', 'Name', 'Status', 'Epoch', 'Tries', 'Result'].map(name => el('th', {scope: 'col'}, name)))),
    this.#body));

  constructor() {
    this.element = el('section', {class: 'panel', 'aria-label': 'Steps'},
      el('div', {class: 'panel-head'}, el('h2', {}, 'Steps'), this.#count), this.#table, this.#empty);
  }

  show(run) {
    const {steps} = run;
    const shown = steps.slice(-STEPS_SHOWN).reverse();
    this.#table.hidden = steps.length === 0;
    this.#empty.hidden = steps.length > 0;
    say(this.#empty, run.finishedAt ? 'This run has recorded no step.' : 'No step is recorded yet.');
    say(this.#count, steps.length > STEPS_SHOWN ? `the newest ${STEPS_SHOWN} of ${steps.length}` : steps.length ? `${steps.length}, newest first` : '');
    const keys = new Set(shown.map(step => step.key));
    for (const [key, row] of this.#rows) {
      if (!keys.has(key)) {
        row.element.remove();
        this.#rows.delete(key);
      }
    }
    let before = this.#body.firstElementChild;
    for (const step of shown) {
      const print = `${step.status} ${step.tries} ${step.epoch} ${step.next ?? ''}`;
      let row = this.#rows.get(step.key);
      if (row && row.print === print) {
        before = row.element.nextElementSibling;
        continue;
      }
      const element = stepRow(step);
      if (row) {
        if (before === row.element) before = before.nextElementSibling;
        row.element.remove();
      }
      this.#rows.set(step.key, {element, print});
      this.#body.insertBefore(element, before);
    }
  }
}

function stepRow(step) {
  return el('tr', {},
    el('td', {class: 'number'}, step.key),
    el('td', {class: 'name'}, step.name, step.awaits?.kind === 'child' ? el('div', {}, link(step.awaits.run)) : null),
    el('td', {}, badge(el('span'), step.status)),
    el('td', {class: 'number'}, String(step.epoch)),
    el('td', {class: 'number'}, String(step.tries)),
    el('td', {class: 'result'}, step.error ? expandable(step.error.message, box => failure(box, step.error))
      : expandable(JSON.stringify(step.result), box => {
        const pre = el('pre', {class: 'json'});
        json(pre, step.result);
        box.append(pre);
      })));
}

/** One line that opens into all of it, which is built only then. */
function expandable(text, build) {
  const line = text ?? '';
  if (line.length < 40 && !line.includes('\n')) return el('code', {}, line);
  const details = el('details', {}, el('summary', {}, el('code', {}, line.length > SUMMARY ? line.slice(0, SUMMARY) + '…' : line)));
  details.addEventListener('toggle', () => build(details), {once: true});
  return details;
}

function failure(box, error) {
  box.append(el('p', {class: 'message'}, error.message),
    el('p', {class: 'soft'}, `${error.type} · ${error.code} · ${error.retryable ? 'retryable' : 'not retryable'}`));
  if (error.stack) box.append(el('pre', {class: 'stack'}, error.stack));
}

/** Input, output, error. */
class Payloads {
  #input = el('pre', {class: 'json', tabindex: '0', 'aria-label': 'Input'});
  #output = el('pre', {class: 'json', tabindex: '0', 'aria-label': 'Output', hidden: true});
  #noOutput = el('p', {class: 'empty'});
  #error = el('div', {class: 'error', hidden: true});
  #failed = el('section', {hidden: true}, el('h2', {}, 'Error'), this.#error);

  constructor() {
    this.element = el('section', {class: 'panel payloads', 'aria-label': 'Input and output'},
      this.#failed, el('h2', {}, 'Input'), this.#input, el('h2', {}, 'Output'), this.#output, this.#noOutput);
  }

  show(run) {
    json(this.#input, run.input);
    const succeeded = run.outcome === 'SUCCEEDED';
    this.#output.hidden = !succeeded;
    this.#noOutput.hidden = succeeded;
    if (succeeded) json(this.#output, run.output);
    say(this.#noOutput, run.finishedAt ? 'It ended without an output.' : 'Comes when it has succeeded.');
    this.#failed.hidden = !run.error;
    if (run.error && !this.#error.firstChild) {
      failure(this.#error, run.error);
      this.#error.hidden = false;
    }
  }
}
