import type { ServiceHost } from '@triphase/core';
import { checkResponse, type FetchRequest, type FetchResponse } from '@triphase/core/serving';
import { requestSignal as signalOf, serveHttp } from '@triphase/node-reactor/http';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Handler, RequestSignal, Serve } from './api.ts';
import { takeServeOptions } from './take-serve-options.ts';

/** `serve` on Node: `serveHttp` stops the server, srvx turns its requests into those of the Fetch standard (D13). */
export const serve: Serve = (handler, given) => {
  const { port, hostname, name = 'http', ...options } = takeServeOptions(handler, given);
  // Set after the server is made: `app` by `attach()`, `listener` by `open()`.
  const late: { app: ServiceHost | undefined; listener: RequestListener } = { app: undefined, listener: ignore };
  const server = createServer((request, response) => {
    late.listener(request, response);
  });
  const answer = guarded(handler, (error, { method, url }) => {
    late.app?.report(error, { kind: 'service', name: `${name} ${method} ${new URL(url).pathname}` });
  });
  const open = async (): Promise<void> => {
    // Loaded here: it is an ES module only, and programs without a server do not need it.
    const { toNodeHandler } = await import('srvx/node');
    // as: the listener answers through `response`; what it returns is not used
    late.listener = toNodeHandler(answer) as RequestListener;
    await listen(server, port, hostname);
  };
  const service = serveHttp(server, { ...options, name, open, ...(hostname !== undefined && { hostname }) });
  const attach = service.attach?.bind(service);
  return Object.assign(service, {
    attach: (app: ServiceHost): void => {
      late.app = app;
      attach?.(app);
    },
  });
};

/** The request of srvx wraps the one of `node:http`, whose signal this is. */
export const requestSignal: RequestSignal = (request) => {
  const { runtime } = request as { readonly runtime?: { readonly node?: { readonly req: object } } }; // as: srvx adds it
  return signalOf(runtime?.node?.req ?? request);
};

/** A handler that throws: the error is reported, and its client is told. */
function guarded(
  handler: Handler,
  report: (error: unknown, request: FetchRequest) => void,
): (request: FetchRequest) => Promise<FetchResponse> {
  return async (request) => {
    try {
      const response = await handler(request);
      checkResponse(response);
      return response;
    } catch (error) {
      const { reason } = requestSignal(request) as { readonly reason?: unknown };
      if (error !== reason) report(error, request); // else it rejects only because its request was cut
      return new Response('Internal Server Error\n', { status: 500 });
    }
  };
}

async function listen(server: Server, port: number, hostname: string | undefined): Promise<void> {
  server.listen({ port, ...(hostname !== undefined && { host: hostname }) });
  await once(server, 'listening');
}

function ignore(): void {
  return;
}
