// Server-sent events, of the text of an answer.

/**
 * @typedef {object} Event
 * @property {string} event its name
 * @property {?string} id
 * @property {string} data
 */

/**
 * Cuts text into the events that are complete, however it comes in pieces.
 *
 * @param {AsyncIterable<string>} pieces
 * @returns {AsyncGenerator<Event[]>} those that have come together
 */
export async function* events(pieces) {
  let rest = '';
  let event = empty();
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    const complete = [];
    for (const line of lines) {
      if (line !== '' && line !== '\r') {
        take(event, line.replace(/\r$/, ''));
      } else {
        if (event.data.length) complete.push({event: event.event, id: event.id, data: event.data.join('\n')});
        event = empty();
      }
    }
    yield complete;
  }
}

function empty() {
  return {event: 'message', id: null, data: []};
}

function take(event, line) {
  const colon = line.indexOf(':');
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (name === 'data') event.data.push(value);
  else if (name === 'event') event.event = value;
  else if (name === 'id') event.id = value;
}
