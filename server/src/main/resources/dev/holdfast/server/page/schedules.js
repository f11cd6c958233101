// The schedules: when they fire next, what they have started, pause and resume.
import {api, el, say} from '/page/parts.js';
import {Live, paused, table, toggle, update} from '/page/queues.js';

const PAGE = 200;

export function openSchedules(main) {
  document.title = 'Schedules · Holdfast';
  main.className = 'queues-page';
  new Schedules(main);
}

class Schedules extends Live {
  #body = el('tbody');
  #empty = el('p', {class: 'empty'}, 'Loading…');
  #more = el('p', {class: 'note', hidden: true});

  constructor(main) {
    super();
    this.begin(main, () => this.#look(),
      el('div', {class: 'bar'}, el('h1', {}, 'Schedules'), this.#more),
      el('div', {class: 'panel scroll'}, table('queues schedules', ['Schedule', 'Task', 'When', 'Next', 'Last', 'Missed', ''], this.#body), this.#empty));
  }

  async #look() {
    const {schedules, next} = await api(`/v1/schedules?limit=${PAGE}`);
    this.#empty.hidden = schedules.length > 0;
    say(this.#empty, 'No schedules. holdfast schedule NAME --cron EXPR TASK declares one.');
    this.#more.hidden = !next;
    say(this.#more, `the first ${PAGE}; holdfast schedules has all`);
    update(this.#body, schedules, schedule => schedule.name, schedule => el('tr', {},
      el('td', {class: 'name'}, schedule.name, ' ', paused(schedule), missing(schedule)),
      el('td', {}, schedule.task),
      el('td', {}, el('code', {}, schedule.cron), ' ', el('span', {class: 'zone'}, schedule.zone)),
      time(schedule.next),
      el('td', {}, schedule.lastRun === null ? '–' : el('a', {href: `/runs/${encodeURIComponent(schedule.lastRun)}`}, local(schedule.lastAt))),
      el('td', {}, schedule.missed.toLowerCase()),
      el('td', {class: 'act'}, toggle(schedule, () =>
        this.change(`/v1/schedules/${encodeURIComponent(schedule.name)}`, {paused: !schedule.paused})))));
  }
}

function missing(schedule) {
  return schedule.hosted ? null : el('span', {class: 'badge tone-warn'}, '! no code here');
}

function time(instant) {
  return el('td', {}, instant === null ? '–' : el('time', {datetime: instant, title: instant}, local(instant)));
}

function local(instant) {
  return new Date(instant).toLocaleString();
}
