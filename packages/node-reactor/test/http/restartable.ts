import { resource, restartService, type DelayedCall, type Resource } from '@triphase/core';
import { NodeReactor, type NodeReactorOptions } from '@triphase/node-reactor';
import { serveHttp, type AnyServer, type ServeHttpOptions } from '@triphase/node-reactor/http';
import type { RequestListener } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { until } from './raw-client.ts';
import { ending, type Serving } from './serving.ts';

/** A database that can be restarted and is slow to open, and a server that needs it. */
export class Restartable {
  readonly said: string[] = [];
  /** Each opening but the first waits for it. */
  opening: Promise<unknown> = Promise.resolve();
  readonly db: Resource<string>;
  openings = 0;
  serving!: Serving;

  constructor() {
    const open = async (): Promise<string> => {
      if (++this.openings > 1) await Promise.all([this.opening, wait(10)]);
      this.said.push('open');
      return `db ${String(this.openings)}`;
    };
    this.db = resource('db', open, () => void this.said.push('close'));
  }

  async start(server: AnyServer, options: ServeHttpOptions = {}, reactor: NodeReactorOptions = {}): Promise<this> {
    const errors: unknown[] = [];
    const app = ending(new NodeReactor({ signals: false, onError: (error) => errors.push(error), ...reactor }));
    app.use(this.db);
    const http = app.use(serveHttp(server, { port: 0, hostname: '127.0.0.1', needs: [this.db], ...options }));
    const run = app.run();
    run.catch(() => undefined);
    await app.startupReport;
    this.serving = {
      app,
      http,
      errors,
      port: http.port,
      stop: async () => {
        const since = app.now();
        await app.stop();
        return { result: await run, ms: app.now() - since };
      },
    };
    return this;
  }

  get port(): number {
    return this.serving.port;
  }

  restart(): Promise<void> {
    return restartService(this.serving.app, this.db);
  }

  /** Resolves once the database has been closed `n` times. */
  closed(n = 1): Promise<void> {
    return until(() => this.said.filter((word) => word === 'close').length >= n);
  }

  /** Resolves once `n` requests wait. */
  waiting(n: number): Promise<void> {
    return until(() => this.serving.http.status().includes(`restarting, ${String(n)} waiting`));
  }

  /** The timed calls of the reactor whose text contains `name`, such as the limit of the requests that wait. */
  calls(name: string): DelayedCall[] {
    return this.serving.app.getDelayedCalls().filter((call) => String(call).includes(name));
  }
}

/** A request listener that answers with the value of the database. */
export const answersWithDb =
  (of: () => Restartable): RequestListener =>
  (_request, response) =>
    void response.end(of().db.value);
