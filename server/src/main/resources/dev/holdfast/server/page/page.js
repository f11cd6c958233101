// Which page this is: the path says it.
import {openRun} from '/page/run.js';
import {openRuns} from '/page/runs.js';

const main = document.getElementById('main');
const run = /^\/runs\/([^/]+)$/.exec(location.pathname);
if (run) openRun(main, decodeURIComponent(run[1]));
else openRuns(main);
