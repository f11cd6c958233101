// The nodes: who is alive, what each of them holds and hosts, whom it watches, and who was found dead lately.
import {ago, api, el, say, span} from '/page/parts.js';
import {Live, table, update} from '/page/queues.js';

/** A node sends a sign of life twice a second; one that is silent for longer than this is worth a look. */
const QUIET = 3000;
const HOW = {
  RING: 'its neighbour was granted its lock',
  SWEEP: 'its lock was free when all were tried',
  FROZEN: 'it gave no sign of life, and its sessions were ended',
};

export function openNodes(main) {
  document.title = 'Nodes · Holdfast';
  main.className = 'queues-page';
  new Nodes(main);
}

class Nodes extends Live {
  #nodes = el('tbody');
  #takeovers = el('tbody');
  #none = el('p', {class: 'empty'}, 'Loading…');
  #count = el('p', {class: 'note', role: 'status'});

  constructor(main) {
    super();
    this.begin(main, () => this.#look(),
      el('div', {class: 'bar'}, el('h1', {}, 'Nodes'), this.#count),
      el('div', {class: 'panel scroll'}, table('queues nodes', ['Node', 'Label', 'Joined', 'Silent for', 'Runs', 'Watches', 'Address', 'Hosts'], this.#nodes)),
      el('section', {class: 'panel', 'aria-label': 'Takeovers'},
        el('div', {class: 'panel-head'}, el('h2', {}, 'Found dead'), el('span', {class: 'soft'}, 'What they held went on elsewhere.')),
        el('div', {class: 'scroll'}, table('queues takeovers', ['Node', 'Label', 'When', 'How it showed', 'Found by', 'Silent before', 'Free after'], this.#takeovers)), this.#none));
  }

  async #look() {
    const {own, nodes, takeovers} = await api('/v1/nodes');
    say(this.#count, nodes.length === 1 ? 'one node is alive' : `${nodes.length} nodes are alive`);
    update(this.#nodes, nodes.map((node, i) => ({...node, isOwn: node.number === own, watches: next(nodes, i)})),
      node => String(node.number), node => el('tr', {},
        el('td', {class: 'name'}, String(node.number), node.isOwn ? el('span', {class: 'tag'}, 'this one') : null),
        el('td', {}, node.label || '–'),
        el('td', {class: 'number'}, el('time', {datetime: node.joined, title: node.joined}, ago(node.joined))),
        el('td', {class: 'number'}, node.silentMillis > QUIET
          ? el('span', {class: 'badge tone-warn'}, `! ${span(node.silentMillis)}`) : span(node.silentMillis)),
        el('td', {class: 'number'}, String(node.held)),
        el('td', {class: 'number'}, node.watches === null ? '–' : String(node.watches)),
        el('td', {}, node.address || '–'),
        el('td', {class: 'hosts'}, hosts(node.hosts))));
    this.#none.hidden = takeovers.length > 0;
    say(this.#none, 'None of those that are remembered.');
    update(this.#takeovers, takeovers, dead => String(dead.number), dead => el('tr', {},
      el('td', {class: 'name'}, String(dead.number)),
      el('td', {}, dead.label || '–'),
      el('td', {}, el('time', {datetime: dead.at, title: dead.at}, new Date(dead.at).toLocaleString())),
      el('td', {title: HOW[dead.how] ?? null}, dead.how.toLowerCase()),
      el('td', {class: 'number'}, String(dead.by)),
      el('td', {class: 'number'}, dead.silentMillis === null ? '–' : span(dead.silentMillis)),
      el('td', {class: 'number'}, `${(dead.tookMicros / 1000).toFixed(1)} ms`)));
  }
}

/** Each watches the one after it, and the last one the first. */
function next(nodes, i) {
  return nodes.length === 1 ? null : nodes[(i + 1) % nodes.length].number;
}

function hosts(tasks) {
  if (!tasks.length) return '–';
  return tasks.map(task => el('span', {class: 'tag', title: `version ${task.version}`}, task.name));
}
