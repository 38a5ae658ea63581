/** The server in a worker thread of Watt: it answers with the number of its thread after 5 ms. */
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';

export const create = () =>
  createServer((_request, response) => {
    void wait(5).then(() => response.end(`thread ${threadId}`));
  });
