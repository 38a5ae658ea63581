import { requestSignal } from '@triphase/node-reactor/http';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { EntriesService } from './entries-service.ts';
import type { Feed } from './feed.ts';
import { HttpError } from './http-error.ts';
import { ListingFailedError, Routes } from './routes.ts';
import type { Answer } from './routes.ts';

/** Node answers a request that takes longer to arrive with 408. So a client that never sends the whole body cannot delay a stop. */
const REQUEST_TIMEOUT_MS = 5_000;
/** How often Node checks for these requests. */
const TIMEOUT_CHECK_MS = 500;

/** A server that does not listen yet. Pass it to `serveHttp`, which `requestSignal` depends on. */
export function createLedgerServer(entries: EntriesService, feed: Feed): Server {
  const routes = new Routes(entries, feed);
  const timeouts = { requestTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS };
  const server = createServer(timeouts, (request, response) => void answer(routes, request, response));
  server.on('upgrade', (request, socket, head) => {
    feed.upgrade(request, socket, head);
  });
  return server;
}

async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const signal = requestSignal(request);
  const result = await routes.answer(request, signal).catch((error: unknown) => answerToError(error, signal));
  if (signal.aborted) return; // the client has disconnected
  // A connection on which the rest of a body still arrives cannot be used again.
  await send(response, result, !request.complete).catch(reportUnlessClientLeft);
}

function answerToError(error: unknown, signal: AbortSignal): Answer {
  if (error instanceof HttpError) {
    return { status: error.status, headers: error.headers, body: { value: { error: error.message } } };
  }
  if (error !== signal.reason) console.error(error);
  return { status: 500, body: { value: { error: 'the ledger failed; an entry that was sent may be stored or not' } } };
}

/** Resolves when the operating system has the whole answer. Rejects if the connection breaks before that. */
async function send(response: ServerResponse, { status, headers = {}, body }: Answer, close: boolean): Promise<void> {
  const text = 'value' in body ? JSON.stringify(body.value) : undefined;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    ...(text !== undefined && { 'Content-Length': Buffer.byteLength(text) }),
    ...(close && { Connection: 'close' }),
    ...headers,
  });
  await pipeline('pieces' in body ? body.pieces : [text], response);
}

function reportUnlessClientLeft(error: unknown): void {
  if (error instanceof ListingFailedError) console.error(error);
}
