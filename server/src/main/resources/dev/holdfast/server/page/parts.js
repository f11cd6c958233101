// What both pages are built of: elements, badges, times, JSON, the API. Text goes in as text nodes only.
import {Away, Refused, requestId} from '/holdfast.js';
import {once} from '/holdfast/http.js';

export {Away, Refused, requestId};

const SVG = 'http://www.w3.org/2000/svg';

/** An element. Properties: `class`, `on…` handlers, attributes; null and false leave one out. Children: nodes, text, null. */
export function el(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) element.append(child);
  return element;
}

/** Sets the text only if it differs: selections and screen readers are left in peace. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Badges ------------------------------------------------------------------------------------------------------------

/** Each state and outcome has a shape of its own, so that none is told by its colour alone. */
const LOOKS = {
  QUEUED: ['wait', 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11z', 'dashed'],
  STARTING: ['run', 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5M8 5v3h3'],
  RUNNING: ['run', 'M5 3l8 5-8 5z', 'solid'],
  BLOCKED: ['wait', 'M5.5 3v10M10.5 3v10'],
  DELAYED: ['wait', 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11zM8 5v3l2.2 1.6', 'dashed'],
  RETRYING: ['warn', 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5M2.5 8V4.5M2.5 8h3.4'],
  PARKED: ['warn', 'M5 13.5v-11h3.5a3 3 0 0 1 0 6H5'],
  COMPENSATING: ['warn', 'M13 8H3.5M7 4L3 8l4 4'],
  SLEEPING: ['wait', 'M12.5 10A5.5 5.5 0 1 1 6 3.5a4.5 4.5 0 0 0 6.5 6.5z'],
  WAITING: ['wait', 'M5.5 3v10M10.5 3v10'],
  STOPPING: ['warn', 'M3.5 3.5h9v9h-9z'],
  SUCCEEDED: ['good', 'M3 8.5l3.5 3.5L13 4.5'],
  FAILED: ['bad', 'M4 4l8 8M12 4l-8 8'],
  CANCELLED: ['off', 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11zM4.2 11.8l7.6-7.6'],
  EXPIRED: ['off', 'M4 2.5h8M4 13.5h8M5 2.5c0 4 6 7 6 11M11 2.5c0 4-6 7-6 11'],
  TIMED_OUT: ['bad', 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11zM8 5v3l2.2 1.6'],
  CRASHED: ['bad', 'M9 1.5L4 9h4l-1 5.5L12 7H8z', 'solid'],
  SYSTEM_FAILURE: ['bad', 'M8 2l6.5 11.5h-13zM8 6.3v3.4M8 11.6v.4'],
  DONE: ['good', 'M3 8.5l3.5 3.5L13 4.5'],
  PENDING: ['warn', 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5M2.5 8V4.5M2.5 8h3.4'],
};

/** Shows a state, an outcome or the status of a step in the element. */
export function badge(element, name) {
  if (element.dataset.name === name) return element;
  const [tone, path, fillStyle] = LOOKS[name] ?? ['off', 'M3 8h10'];
  element.dataset.name = name;
  element.className = `badge tone-${tone}`;
  element.replaceChildren(
    svg('svg', {viewBox: '0 0 16 16', 'aria-hidden': 'true', class: fillStyle ?? 'line'}, svg('path', {d: path})),
    el('span', {}, words(name)));
  return element;
}

/** The one word that says most. */
export function standing(run) {
  return run.status;
}

export function words(name) {
  return name.toLowerCase().replaceAll('_', ' ');
}

// Times -------------------------------------------------------------------------------------------------------------

/** @param millis any number, e.g. 83000 -> "1 m 23 s" */
export function span(millis) {
  if (millis < 0) millis = 0;
  if (millis < 1000) return `${Math.round(millis)} ms`;
  const seconds = millis / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, 'm', Math.floor(seconds % 60), 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair(hours, 'h', minutes % 60, 'm');
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function pair(large, largeUnit, small, smallUnit) {
  return small ? `${large} ${largeUnit} ${small} ${smallUnit}` : `${large} ${largeUnit}`;
}

export function ago(instant) {
  const millis = Date.now() - Date.parse(instant);
  return millis < 1000 ? 'now' : `${span(millis < 10_000 ? Math.floor(millis / 1000) * 1000 : millis).replace('.0', '')} ago`;
}

/** The watch time, with the date unless it is today. */
export function clock(instant) {
  const date = new Date(instant);
  const two = number => String(number).padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  if (date.toDateString() === new Date().toDateString()) return time;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

// JSON --------------------------------------------------------------------------------------------------------------

const LARGEST_COLOURED = 60_000;
const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d[\d.eE+-]*)|(true|false|null)/g;

/** JSON whose numbers stay as they were written, where the browser can do that: 2^53 + 1 is not rounded. */
export function parse(text) {
  if (!JSON.rawJSON) return JSON.parse(text);
  return JSON.parse(text, (key, value, context) =>
    typeof value === 'number' && context?.source && String(value) !== context.source ? JSON.rawJSON(context.source) : value);
}

const LINE = 56;

/** Indented; what is short stays on one line. */
function pretty(value, indent = '') {
  const line = JSON.stringify(value);
  if (value === null || typeof value !== 'object' || JSON.isRawJSON?.(value)) return line;
  const deeper = indent + '  ';
  if (Array.isArray(value)) {
    if (!value.length || (line.length <= LINE && indent)) return line.replaceAll(SPACED, spaced);
    return `[\n${value.map(each => deeper + pretty(each, deeper)).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value);
  if (!entries.length || (line.length <= LINE && indent)) return line.replaceAll(SPACED, spaced);
  return `{\n${entries.map(([key, each]) => `${deeper}${JSON.stringify(key)}: ${pretty(each, deeper)}`).join(',\n')}\n${indent}}`;
}

/** Blanks behind the commas and colons that stand outside of strings. */
const SPACED = /("(?:\\.|[^"\\])*")|([,:])/g;
const spaced = (match, string, mark) => string ?? `${mark} `;

/** Shows the value in the element, indented and coloured. */
export function json(element, value) {
  const plain = JSON.stringify(value, null, 2);
  const text = plain.length > LARGEST_COLOURED ? plain : pretty(value);
  if (element.json === text) return;
  element.json = text;
  if (text.length > LARGEST_COLOURED) {
    element.textContent = text;
    return;
  }
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    const kind = match[1] ? (match[2] ? 'name' : 'string') : match[3] ? 'number' : 'word';
    parts.push(el('span', {class: `json-${kind}`}, match[1] ?? match[0]));
    if (match[2]) parts.push(match[2]);
    end = match.index + match[0].length;
  }
  element.replaceChildren(...parts, text.slice(end));
}

// The API -----------------------------------------------------------------------------------------------------------

const away = document.getElementById('away');
/** Pages look again and again, and some of what they ask for is long. */
const PATIENCE = 20_000;

export async function api(path, {method = 'GET', body, headers = {}} = {}) {
  try {
    const text = await once(path, {method, body, headers: body ? {'Content-Type': 'application/json', ...headers} : headers}, PATIENCE);
    isAway(null);
    return text ? parse(text) : null;
  } catch (error) {
    isAway(error instanceof Away ? `${error.detail ?? 'The server is away.'} Trying again…` : null);
    if (error.status === 401) askForKey(error.message);
    throw error;
  }
}

/** A cookie: it counts for whatever this page asks, ends with the browser, and no other site sends it. */
export function askForKey(why) {
  if (document.getElementById('key')) return;
  const key = el('input', {type: 'password', 'aria-label': 'API key', placeholder: 'hf_…', autocomplete: 'off', autofocus: true});
  const take = () => {
    const given = key.value.trim();
    if (!/^hf_[0-9a-f]+_[0-9a-f]+$/.test(given)) return say(problem, 'A key looks like hf_0123456789ab_… and is long.');
    document.cookie = `holdfast_key=${given}; path=/; SameSite=Strict${location.protocol === 'https:' ? '; Secure' : ''}`;
    location.reload();
  };
  key.addEventListener('keydown', event => event.key === 'Enter' && take());
  const problem = el('p', {}, why);
  const dialog = el('dialog', {id: 'key', 'aria-label': 'API key', onclose: () => dialog.remove()},
    el('h2', {}, 'An API key is needed'), problem, key, el('div', {class: 'buttons'}, el('button', {onclick: take}, 'Use it')));
  document.body.append(dialog);
  dialog.showModal();
}

function isAway(text) {
  if (away.hidden !== (text === null)) away.hidden = text === null;
  if (text !== null) say(away, text);
}

/**
 * Calls the function again and again while the page is visible: `every()` milliseconds after it has ended. It must not
 * throw. `now()` calls it as soon as possible.
 */
export function poll(look, every) {
  let timer = 0, busy = false, again = false, stopped = false;
  const turn = async () => {
    if (stopped) return;
    clearTimeout(timer);
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    again = false;
    try {
      if (!document.hidden) await look();
    } finally {
      busy = false;
      if (!stopped && !document.hidden) timer = setTimeout(turn, again ? 50 : every());
    }
  };
  document.addEventListener('visibilitychange', () => document.hidden || turn());
  turn();
  return {now: turn, stop: () => { stopped = true; clearTimeout(timer); }};
}

/** Asks before something that cannot be taken back. @returns {Promise<boolean>} */
export function confirm(title, text, action) {
  return new Promise(resolve => {
    const close = answer => { dialog.remove(); resolve(answer); };
    const yes = el('button', {class: 'danger', onclick: () => close(true)}, action);
    const no = el('button', {onclick: () => close(false), autofocus: true}, 'Keep it');
    const dialog = el('dialog', {'aria-label': title, oncancel: () => close(false)},
      el('h2', {}, title), el('p', {}, text), el('div', {class: 'buttons'}, no, yes));
    document.body.append(dialog);
    dialog.showModal();
  });
}
