/**
 * Watches runs and conversations of Holdfast from a browser, and takes part in them. Every node serves this file at
 * `/holdfast.js`: it is the one to import, and finds its parts beside it.
 *
 *     import {watchRun, post, watchThread} from 'https://node-1.example.com/holdfast.js';
 *
 *     const watching = watchRun('run_…', {key: 'hf_…', onText: text => { output.textContent = text; }});
 *     await watching.ended;              // or earlier: watching.close()
 *
 *     await post('t1', {message: 'hello'}, {key: 'hf_…'});
 *     watchThread('t1', {key: 'hf_…', onTurn: turn => show(turn.run, turn.text)});
 *
 * Whoever watches gets text, never frames: what turned out not to stand is taken back before he is told. A connection that is
 * lost is opened again by itself where it was, on another node if several are named, also after the machine has slept. It
 * ends when the run has ended, and when it cannot go on: `ended` is a promise that says which.
 *
 * @module holdfast
 */

/** @typedef {import('./holdfast/http.js').Where} Where */
/** @typedef {import('./holdfast/line.js').Told} Told */
/** @typedef {import('./holdfast/line.js').Connection} Connection */
/** @typedef {import('./holdfast/fold.js').Chunk} Chunk */
/** @typedef {import('./holdfast/fold.js').Change} Change */
/** @typedef {import('./holdfast/thread.js').Turn} Turn */

export {cancel, cancelRun, messages, post, requestId} from './holdfast/calls.js';
export {Fold} from './holdfast/fold.js';
export {Away, Refused} from './holdfast/http.js';
export {RunWatch, watchRun} from './holdfast/run.js';
export {ThreadWatch, watchThread} from './holdfast/thread.js';
