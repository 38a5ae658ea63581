/** The HTTP server of every program of bench:handover except Watt's: it answers with its process id after 5 ms. */
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

export const port = Number(process.env.PORT);

export const createApp = () =>
  createServer((_request, response) => {
    void wait(5).then(() => response.end(String(process.pid)));
  });
