import { inFlight, type Gate, type GateOptions, type ReactorOptions, type RunResult } from '@triphase/core';
import { HandTurnedReactor, rest } from '../hand-turned-reactor.ts';

/** Work that ends when the test says so. */
export class Work {
  readonly order: string[] = [];
  readonly #ends: Map<string, (error?: unknown) => void> = new Map();

  /** Runs work through the gate. `order` gets its steps, and in the end the outcome of `run()`. */
  through(gate: Gate, name: string, onAbandoned?: () => unknown): Promise<unknown> {
    const work = ({ signal }: { readonly signal: AbortSignal }): Promise<string> => {
      this.order.push(`${name} runs`);
      signal.addEventListener('abort', () => this.order.push(`${name} is told`));
      return new Promise((resolve, reject) => {
        this.#ends.set(name, (error) => {
          if (error === undefined) resolve(name);
          else reject(error); // the tests give errors
        });
      });
    };
    return gate
      .run(work, onAbandoned === undefined ? {} : { onAbandoned })
      .then((value) => this.order.push(`${name} is done: ${value}`))
      .catch((error: unknown) => this.order.push(`${name} fails: ${(error as Error).name}`));
  }

  end(name: string, error?: unknown): void {
    this.#ends.get(name)?.(error);
  }
}

/** A reactor that runs, with a database and a gate that needs it. `needed`: a server needs the gate. */
export async function running(
  options: GateOptions = {},
  { needed = false, ...reactorOptions }: ReactorOptions & { readonly needed?: boolean } = {},
): Promise<{ reactor: HandTurnedReactor; gate: Gate; work: Work; ended: Promise<RunResult>; reported: unknown[] }> {
  const reported: unknown[] = [];
  const reactor: HandTurnedReactor = new HandTurnedReactor({
    onError: (error) => reported.push(error),
    ...reactorOptions,
  });
  const work = new Work();
  const db = reactor.use({ name: 'db', shutdown: { during: () => work.order.push('db closes') } });
  const gate = reactor.use(inFlight('jobs', { needs: [db], ...options }));
  if (needed) {
    reactor.use({
      name: 'server',
      needs: [gate],
      startup: { during: () => undefined },
      shutdown: { before: () => void work.order.push('server leads'), during: () => work.order.push('server closes') },
    });
  }
  const ended = reactor.run();
  await rest(reactor);
  return { reactor, gate, work, ended, reported };
}
