import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { deferred } from './raw-client.ts';

/** Whether it is a request that waits for `release`. */
export const isSlow = (request: IncomingMessage): boolean => request.url?.startsWith('/slow') === true;

/** A server that answers at once, but requests to `/slow…` only after `release()`. `arrived` resolves with the first of those. */
export function slowServer(
  answer: (response: ServerResponse, request: IncomingMessage) => void = (response) => response.end('done'),
) {
  const gate = deferred();
  const arrived = deferred();
  const server = createServer((request, response) => {
    if (!isSlow(request)) {
      answer(response, request);
      return;
    }
    arrived.resolve();
    void gate.promise.then(() => answer(response, request));
  });
  return { server, release: gate.resolve, arrived: arrived.promise };
}
