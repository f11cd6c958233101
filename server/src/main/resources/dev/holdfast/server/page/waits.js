// What a run waits for, and the forms to give it that: a signal, or the value of a token.
import {api, Away, clock, el, requestId, say, span} from '/page/parts.js';

/** More than this are in the table of steps. */
const SHOWN = 20;

/** The steps that a run waits for now. */
export class Waits {
  #page;
  #list = el('ul', {class: 'waits'});
  #note = el('span', {class: 'soft'});
  #shown = '';
  #times = [];

  /** @param page is asked to send what somebody typed */
  constructor(page) {
    this.#page = page;
    this.element = el('section', {class: 'panel', 'aria-label': 'Waits', hidden: true},
      el('div', {class: 'panel-head'}, el('h2', {}, 'Waits for'), this.#note), this.#list);
  }

  show(run) {
    const keys = new Set(run.waiting?.keys ?? []);
    const waits = run.steps.filter(step => keys.has(step.key) && step.status === 'PENDING');
    this.element.hidden = waits.length === 0;
    const print = waits.map(step => step.key).join(' ');
    if (print === this.#shown) return;
    this.#shown = print;
    this.#times = [];
    say(this.#note, waits.length < 2 ? '' : `${run.waiting.need === 'ALL' ? 'all' : 'one'} of ${waits.length}`);
    this.#list.replaceChildren(...waits.slice(0, SHOWN).map(step => this.#row(step)),
      ...(waits.length > SHOWN ? [el('li', {class: 'soft'}, `and ${waits.length - SHOWN} more, in the steps below`)] : []));
    this.tick();
  }

  /** The time that is left. */
  tick() {
    for (const {element, until} of this.#times) {
      const left = Date.parse(until) - Date.now();
      say(element, left > 0 ? `until ${clock(until)}, in ${span(left)}` : `until ${clock(until)}, any moment`);
    }
  }

  #row(step) {
    const {awaits} = step;
    const until = el('span', {class: 'until'});
    if (awaits?.until) this.#times.push({element: until, until: awaits.until});
    const act = awaits?.kind === 'signal' ? el('button', {onclick: () => this.#page.signal(awaits.name)}, 'Signal…')
      : awaits?.kind === 'token' ? el('button', {onclick: () => this.#page.complete(awaits.token)}, 'Complete…') : null;
    return el('li', {}, el('span', {class: 'number soft'}, step.key), el('span', {class: 'what'}, ...what(step), ' ', until), act);
  }
}

function what(step) {
  switch (step.awaits?.kind) {
    case 'time': return ['its time'];
    case 'signal': return ['signal ', el('strong', {}, step.awaits.name)];
    case 'token': return ['token ', el('code', {class: 'id'}, step.awaits.token)];
    case 'child': return [`${step.name}: `, link(step.awaits.run)];
    case 'turn': return [`the next try of ${step.name}`];
    default: return [step.name];
  }
}

/** A link to a run. */
export function link(run) {
  return el('a', {href: `/runs/${encodeURIComponent(run)}`, class: 'id'}, run);
}

/**
 * Asks for a value in JSON and sends it; what is refused is told in the dialog, which stays open.
 *
 * @param title what it is about
 * @param name the name of the signal to begin with; null if there is none to choose
 * @param path where to send it, given the name
 * @returns {Promise<boolean>} whether it was sent
 */
export function sendJson(title, name, path) {
  return new Promise(resolve => {
    let unanswered = null;
    const names = name === null ? null : el('input', {id: 'signal-name', required: true, maxlength: 200, value: name, spellcheck: 'false'});
    const value = el('textarea', {id: 'signal-value', rows: 5, spellcheck: 'false'}, 'true');
    const problem = el('p', {class: 'problem', role: 'alert', hidden: true});
    const send = el('button', {class: 'primary'}, 'Send');
    const close = sent => { dialog.remove(); resolve(sent); };
    const tell = text => { problem.hidden = false; say(problem, text); };
    const form = el('form', {onsubmit: async event => {
      event.preventDefault();
      const body = value.value.trim() || 'null';
      try {
        JSON.parse(body);
      } catch (error) {
        tell(`The value is not JSON: ${error.message}`);
        value.focus();
        return;
      }
      const to = path(names?.value ?? '');
      if (unanswered?.body !== body || unanswered.to !== to) unanswered = {to, body, id: requestId()};
      send.disabled = true;
      try {
        // It goes out as it was typed: a large number is not rounded on the way.
        await api(to, {method: 'POST', body, headers: {'Idempotency-Key': unanswered.id}});
        close(true);
      } catch (error) {
        if (!(error instanceof Away)) unanswered = null;
        tell(error.message);
      } finally {
        send.disabled = false;
      }
    }}, names && el('label', {for: 'signal-name'}, 'Name'), names, el('label', {for: 'signal-value'}, 'Value, in JSON'), value, problem,
    el('div', {class: 'buttons'}, el('button', {type: 'button', onclick: () => close(false)}, 'Close'), send));
    const dialog = el('dialog', {'aria-label': title, class: 'send', oncancel: () => close(false)}, el('h2', {}, title), form);
    document.body.append(dialog);
    dialog.showModal();
    (names && !names.value ? names : value).focus();
  });
}
