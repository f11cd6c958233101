// Which page this is: the path says it.
import {openChat} from '/page/chat.js';
import {openNodes} from '/page/nodes.js';
import {openQueues} from '/page/queues.js';
import {openRun} from '/page/run.js';
import {openRuns} from '/page/runs.js';
import {openSchedules} from '/page/schedules.js';

const main = document.getElementById('main');
const run = /^\/runs\/([^/]+)$/.exec(location.pathname);
const queue = /^\/queues(?:\/([^/]+))?$/.exec(location.pathname);
const chat = /^\/chat(?:\/([^/]+))?$/.exec(location.pathname);
const schedules = location.pathname === '/schedules';
const nodes = location.pathname === '/nodes';
for (const link of document.querySelectorAll('.top nav a')) {
  if (link.pathname === (queue ? '/queues' : chat ? '/chat' : schedules || nodes ? location.pathname : '/')) link.setAttribute('aria-current', 'page');
}
if (run) openRun(main, decodeURIComponent(run[1]));
else if (queue) openQueues(main, queue[1] === undefined ? null : decodeURIComponent(queue[1]));
else if (chat) openChat(main, chat[1] === undefined ? null : decodeURIComponent(chat[1]));
else if (schedules) openSchedules(main);
else if (nodes) openNodes(main);
else openRuns(main);
