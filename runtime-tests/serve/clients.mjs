/** Clients for what `fetch` can't do: incomplete requests, and bodies in parts. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';

/** Sends the headers of a POST and the first part of its body. `rest(text)` sends the rest, and resolves with `{ status, text }`. */
export function upload(port, first, length) {
  const sent = request({
    port,
    host: '127.0.0.1',
    path: '/upload',
    method: 'POST',
    headers: { 'content-length': length },
  });
  const answered = new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('error', reject).on('end', () => resolve({ status: response.statusCode, text }));
    });
  });
  answered.catch(() => undefined); // `rest` rejects with it
  sent.write(first);
  return {
    rest: (text) => {
      sent.end(text);
      return answered;
    },
  };
}

/** Sends raw text on a connection. `ended` resolves with all that was received when the connection closes. */
export async function raw(port, text) {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk) => (answer += chunk));
  const ended = new Promise((resolve) => {
    socket.on('close', () => resolve(answer));
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  return { ended, leave: () => socket.destroy(), write: (more) => socket.write(more), answer: () => answer };
}

/** Reads an event stream. `began` resolves with the first event, `ended` with `ended` or `cut`. */
export function events(port) {
  const sent = request({ port, host: '127.0.0.1', path: '/events' });
  const response = once(sent, 'response').then(([incoming]) => incoming);
  const began = response.then((incoming) => once(incoming, 'data'));
  const ended = response.then(
    (incoming) =>
      new Promise((resolve) => {
        incoming.on('end', () => resolve('ended'));
        incoming.on('error', () => resolve('cut'));
        incoming.resume();
      }),
  );
  sent.end();
  return { began, ended };
}
