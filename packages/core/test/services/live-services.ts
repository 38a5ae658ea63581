import {
  type Phase,
  type Phases,
  type ReactorOptions,
  type Service,
  type ServiceTimeouts,
  type StopReason,
} from '@triphase/core';

import { HandTurnedReactor, settled } from '../hand-turned-reactor.ts';

interface Plan {
  readonly needs?: readonly Service[];
  /** The phases of both ends that have a function. Default: `during`. */
  readonly phases?: readonly Phase[];
  readonly timeout?: number | ServiceTimeouts;
  readonly foundation?: boolean;
}

/** A reactor and services that log their calls, such as `+db` for a start and `-db` for a stop, and return promises that the test settles. */
export class LiveServices {
  readonly reactor: HandTurnedReactor;
  readonly log: string[] = [];
  readonly errors: unknown[] = [];
  /** Calls that wait for the test, by the name in the log. While a name is in `slow`, its calls wait. */
  readonly slow: Set<string> = new Set();
  /** The errors that calls throw, by the name in the log. */
  readonly failing: Map<string, unknown> = new Map();
  /** Functions that run first inside a call, by the name in the log. */
  readonly inside: Map<string, () => void> = new Map();
  readonly reasons: string[] = [];
  #waiting: { readonly name: string; settle(error?: unknown): void }[] = [];

  constructor(options: ReactorOptions = {}) {
    this.reactor = new HandTurnedReactor({ onError: (error) => this.errors.push(error), ...options });
  }

  service(name: string, { phases = ['during'], ...rest }: Plan = {}): Service {
    const of = (end: 'startup' | 'shutdown'): Phases =>
      Object.fromEntries(
        phases.map((phase) => {
          const call = `${end === 'startup' ? '+' : '-'}${name}${phases.length > 1 ? ` ${phase}` : ''}`;
          return [
            phase,
            ({ detail }: { detail: unknown }) => {
              this.log.push(call);
              const { kind, service } = (detail ?? {}) as { kind?: string; service?: string };
              if (end === 'shutdown') this.reasons.push(`${call} ${String(kind)} ${String(service)}`);
              this.inside.get(call)?.();
              if (this.failing.has(call)) throw this.failing.get(call);
              if (!this.slow.has(call)) return undefined;
              return new Promise<void>((resolve, reject) => {
                this.#waiting.push({
                  name: call,
                  settle: (error) => {
                    if (error === undefined) resolve();
                    else reject(error);
                  },
                });
              });
            },
          ];
        }),
      );
    return { name, startup: of('startup'), shutdown: of('shutdown'), ...rest };
  }

  use(name: string, plan?: Plan): Service {
    return this.reactor.use(this.service(name, plan));
  }

  /** The calls that wait. */
  get waiting(): readonly string[] {
    return this.#waiting.map(({ name }) => name);
  }

  /** Settles the first call of this name that waits. */
  async settle(name: string, error?: unknown): Promise<void> {
    const index = this.#waiting.findIndex((call) => call.name === name);
    if (index < 0) throw new Error(`${name} does not wait: ${this.waiting.join()}`);
    const [call] = this.#waiting.splice(index, 1);
    call?.settle(error);
    await this.rest();
  }

  /** Lets promise jobs and turns run until none is left. */
  async rest(): Promise<void> {
    for (let i = 0; i < 5; i++) {
      await settled();
      this.reactor.pump();
    }
  }

  /** Runs the reactor, and clears the log of the start. */
  async start(): Promise<void> {
    this.reactor.run().catch(() => undefined);
    await this.rest();
    this.log.length = 0;
  }

  /** The log so far. Clears it. */
  takeLog(): string {
    return this.log.splice(0).join(' ');
  }

  state(service: Service): string {
    const line = this.reactor
      .describe()
      .split('\n')
      .find((each) => each.includes(`${service.name}: `));
    return line?.split(': ')[1]?.split(' ')[0] ?? 'none';
  }
}

/** Options of a restart that leaves those that need the service alone. */
export const alone = (service?: Service): { dependants: false; reason: StopReason } => ({
  dependants: false,
  reason: { kind: 'restart', ...(service && { service: service.name }) },
});

/** The state of a promise: `pending`, `done`, or `failed: <message>`. */
export async function stateOf(promise: Promise<unknown>): Promise<string> {
  const pending = settled().then(() => 'pending');
  return Promise.race([
    promise.then(
      () => 'done',
      (error: unknown) => `failed: ${error instanceof Error ? error.message : String(error)}`,
    ),
    pending,
  ]);
}
