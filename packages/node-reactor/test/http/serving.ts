import type { RunResult } from '@triphase/core';
import { NodeReactor, type NodeReactorOptions } from '@triphase/node-reactor';
import { serveHttp, type AnyServer, type HttpService, type ServeHttpOptions } from '@triphase/node-reactor/http';
import { endClients } from './raw-client.ts';

/** A server under `serveHttp`, on a reactor that runs. */
export interface Serving {
  readonly app: NodeReactor;
  readonly http: HttpService;
  readonly port: number;
  /** Errors that came to `onError`. */
  readonly errors: unknown[];
  /** Stops the reactor; resolves with the result of the run, and with the milliseconds that the stop took. */
  stop(): Promise<{ readonly result: RunResult; readonly ms: number }>;
}

const open: Set<NodeReactor> = new Set();

/** Serves `server` on a free port of loopback, on a reactor of its own. `prepare` may use more services; it gets the HTTP service. */
export async function serving(
  server: AnyServer,
  options: ServeHttpOptions = {},
  {
    prepare,
    ...reactorOptions
  }: NodeReactorOptions & { readonly prepare?: (app: NodeReactor, http: HttpService) => unknown } = {},
): Promise<Serving> {
  const errors: unknown[] = [];
  const app = ending(new NodeReactor({ signals: false, onError: (error) => errors.push(error), ...reactorOptions }));
  const hasOwnAddress = server.listening || options.path !== undefined || options.open !== undefined;
  const http = app.use(serveHttp(server, { ...(!hasOwnAddress && { port: 0, hostname: '127.0.0.1' }), ...options }));
  prepare?.(app, http);
  const run = app.run();
  run.catch(() => undefined); // no unhandled rejection; those that await `run` still get it
  await app.startupReport;
  if (app.state !== 'running') await run; // rejects when the start failed
  return {
    app,
    http,
    errors,
    get port() {
      return http.port;
    },
    stop: async () => {
      const since = app.now();
      await app.stop();
      return { result: await run, ms: app.now() - since };
    },
  };
}

/** Ends the reactor when its test is over. */
export function ending<R extends NodeReactor>(app: R): R {
  open.add(app);
  return app;
}

/** Ends the reactors that a test has left running, and waits for that. */
export async function endAll(): Promise<void> {
  const left = [...open].filter(({ state }) => state !== 'idle' && state !== 'stopped');
  open.clear();
  for (const app of left) app.escalate();
  endClients();
  await Promise.all(left.map((app) => app[Symbol.asyncDispose]()));
}
