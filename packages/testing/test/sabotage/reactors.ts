import {
  ReactorBase,
  type CallOptions,
  type DelayedCall,
  type FiringReport,
  type Host,
  type ReactorOptions,
  type RunResult,
  type StopReason,
} from '@triphase/core';
import type { SabotagedReactor } from './sabotage.ts';

/** What it takes from the host beyond the record of core. */
type ImmediateHost = Host & Partial<Pick<typeof globalThis, 'setImmediate' | 'clearImmediate'>>;

/** The sound one: turns by `setImmediate`, all else as core gives it. */
export class ImmediateReactor extends ReactorBase {
  readonly #setImmediate: typeof setImmediate;
  readonly #clearImmediate: typeof clearImmediate;

  constructor(options: ReactorOptions = {}) {
    super(options);
    // Taken together with the record of core (C4); as: the kit gives what reactors of any host may take.
    const host = options.host as Partial<ImmediateHost> | undefined;
    this.#setImmediate = host?.setImmediate ?? globalThis.setImmediate;
    this.#clearImmediate = host?.clearImmediate ?? globalThis.clearImmediate;
  }

  protected override requestTurn(turn: () => void): () => void {
    const handle = this.#setImmediate.call(undefined, turn);
    return () => {
      this.#clearImmediate.call(undefined, handle);
    };
  }

  /** A timer that is never due while a test lasts. */
  protected override acquireKeepAlive(): Disposable | undefined {
    const release = super.setWakeup(2 ** 31 - 1, () => undefined);
    return { [Symbol.dispose]: release };
  }
}

/** Each gets one hook or method wrong, as reactors over one host or another have. */
export const sabotagedReactors: readonly SabotagedReactor[] = [
  {
    statement: 'C36',
    what: 'a reactor whose turns are microtasks',
    create: (options) =>
      new (class extends ImmediateReactor {
        protected override requestTurn(turn: () => void): () => void {
          let wanted = true;
          queueMicrotask(() => {
            if (wanted) turn();
          });
          return () => {
            wanted = false;
          };
        }
      })(options),
  },
  {
    statement: 'C1',
    what: 'a reactor whose turns are given at once',
    create: (options) =>
      new (class extends ImmediateReactor {
        protected override requestTurn(turn: () => void): () => void {
          turn();
          return () => undefined;
        }
      })(options),
  },
  {
    statement: 'C1',
    what: 'a reactor whose requestTurn returns nothing',
    create: (options) =>
      new (class extends ImmediateReactor {
        protected override requestTurn(turn: () => void): () => void {
          super.requestTurn(turn);
          return undefined as never; // as: what JavaScript lets a subclass do
        }
      })(options),
  },
  {
    statement: 'C25',
    what: 'a reactor that says that it holds its host, and does not',
    create: (options) =>
      new (class extends ImmediateReactor {
        protected override acquireKeepAlive(): undefined {
          // Nothing is held.
        }
      })(options),
  },
  {
    statement: 'C25',
    what: 'a reactor that holds its host with a timer that is unref’d',
    create: (options) =>
      new (class extends ImmediateReactor {
        protected override acquireKeepAlive(): Disposable {
          const timer = (options?.host?.setTimeout ?? setTimeout)(() => undefined, 60_000) as NodeJS.Timeout; // as: on Node
          timer.unref();
          return {
            [Symbol.dispose]: () => {
              (options?.host?.clearTimeout ?? clearTimeout)(timer);
            },
          };
        }
      })(options),
  },
  {
    statement: 'C34',
    what: 'a reactor whose turns come inside the call that asks for them',
    create: (options) =>
      new (class extends ImmediateReactor {
        #nested = false;

        protected override requestTurn(turn: () => void): () => void {
          if (this.#nested) return super.requestTurn(turn);
          this.#nested = true;
          turn();
          this.#nested = false;
          return () => undefined;
        }
      })(options),
  },
  {
    statement: 'C2',
    what: 'a reactor whose wakeups cannot be cancelled',
    create: (options) =>
      new (class extends ImmediateReactor {
        protected override setWakeup(ms: number, turn: () => void): () => void {
          super.setWakeup(ms, turn);
          return () => undefined;
        }
      })(options),
  },
  {
    statement: 'C30',
    what: 'a reactor that leaves its wakeup in the host when the run is over',
    create: (options) =>
      new (class extends ImmediateReactor {
        protected override setWakeup(ms: number, turn: () => void): () => void {
          super.setWakeup(ms, turn);
          return () => undefined;
        }
      })(options),
  },
  {
    statement: 'C5',
    what: 'reactors that share one work id',
    create: (options) =>
      new (class extends ImmediateReactor {
        protected override requestTurn(turn: () => void): () => void {
          clearImmediate(shared.handle);
          shared.handle = setImmediate(turn);
          return () => {
            clearImmediate(shared.handle);
          };
        }
      })(options),
  },
  {
    statement: 'C39',
    what: 'a reactor with one id for its turn and its wakeup',
    create: (options) =>
      new (class extends ImmediateReactor {
        #cancel: () => void = () => undefined;

        protected override requestTurn(turn: () => void): () => void {
          this.#cancel();
          this.#cancel = super.requestTurn(turn);
          return () => {
            this.#cancel();
          };
        }

        protected override setWakeup(ms: number, turn: () => void): () => void {
          this.#cancel();
          this.#cancel = super.setWakeup(ms, turn);
          return () => {
            this.#cancel();
          };
        }
      })(options),
  },
  {
    statement: 'C35',
    what: 'a reactor whose turns leave the host no turn of its own',
    create: (options) =>
      new (class extends ImmediateReactor {
        protected override requestTurn(turn: () => void): () => void {
          let wanted = true;
          process.nextTick(() => {
            if (wanted) turn();
          });
          return () => {
            wanted = false;
          };
        }
      })(options),
  },
  {
    statement: 'C39',
    what: 'a reactor whose clock goes back and forth',
    create: (options) =>
      new (class extends ImmediateReactor {
        #readings = 0;

        override now(): number {
          return super.now() - (this.#readings++ % 2 === 0 ? 0 : 500);
        }
      })(options),
  },
  {
    statement: 'C39',
    what: 'a reactor that makes its timed calls a millisecond too early',
    create: (options) =>
      new (class extends ImmediateReactor {
        override callLater(ms: number, fn: () => unknown, given?: CallOptions): DelayedCall {
          return super.callLater(ms > 1 ? ms - 1 : ms, fn, given);
        }
      })(options),
  },
  {
    statement: 'C3',
    what: 'a reactor that holds its host from its construction on',
    create: (options) =>
      new (class extends ImmediateReactor {
        readonly held: unknown = setInterval(() => undefined, 60_000).unref();
      })(options),
  },
  {
    statement: 'C30',
    what: 'a reactor that leaves a listener on its process',
    create: (options) =>
      new (class extends ImmediateReactor {
        protected override attachHost(): undefined {
          process.on('SIGUSR2', () => undefined);
        }
      })(options),
  },
  {
    statement: 'C37',
    what: 'a reactor that makes a call at once when it is queued from outside',
    create: (options) =>
      new (class extends ImmediateReactor {
        override callSoon(fn: () => unknown): void {
          if (this.state === 'idle') fn();
          else super.callSoon(fn);
        }
      })(options),
  },
  {
    statement: 'C37',
    what: 'a reactor whose callFromThread overtakes its callSoon',
    create: (options) =>
      new (class extends ImmediateReactor {
        override callFromThread(fn: () => unknown): void {
          super.callLater(0, fn);
        }
      })(options),
  },
  {
    statement: 'C53',
    what: 'a reactor whose fireSystemEvent forgets the detail',
    create: (options) =>
      new (class extends ImmediateReactor {
        override fireSystemEvent(...[type]: Parameters<ReactorBase['fireSystemEvent']>): Promise<FiringReport> {
          return super.fire(type);
        }
      })(options),
  },
  {
    statement: 'C54',
    what: 'a reactor that shows the signal of another',
    create: (options) =>
      new (class extends ImmediateReactor {
        readonly #other = new ImmediateReactor();

        override get signal(): ReactorBase['signal'] {
          return this.#other.signal;
        }
      })(options),
  },
  {
    statement: 'C48',
    what: 'a reactor that keeps errors to itself',
    create: (options) => new ImmediateReactor({ ...options, onError: () => undefined } satisfies ReactorOptions),
  },
  {
    statement: 'C22',
    what: 'a reactor that is made without the limits it is given',
    create: (options) => new ImmediateReactor({ ...options, limits: {} } satisfies ReactorOptions),
  },
  {
    statement: 'C30',
    what: 'a reactor that does not let its host go',
    create: (options) =>
      new (class extends ImmediateReactor {
        readonly #hold: Host['setTimeout'] = options?.host?.setTimeout ?? globalThis.setTimeout;

        protected override acquireKeepAlive(): undefined {
          this.#hold.call(undefined, () => undefined, 60_000);
        }
      })(options),
  },
  {
    statement: 'C31',
    what: 'a reactor whose turns cannot be cancelled',
    create: (options) =>
      new (class extends ImmediateReactor {
        protected override requestTurn(turn: () => void): () => void {
          super.requestTurn(turn);
          return () => undefined;
        }
      })(options),
  },
  {
    statement: 'C39',
    what: 'a reactor whose callLater forgets the options',
    create: (options) =>
      new (class extends ImmediateReactor {
        override callLater(ms: number, fn: () => unknown): DelayedCall {
          return super.callLater(ms, fn);
        }
      })(options),
  },
  {
    statement: 'C47',
    what: 'a reactor whose calls lose their names to what wraps them',
    create: (options) =>
      new (class extends ImmediateReactor {
        override callSoon(fn: () => unknown): void {
          super.callSoon(() => fn());
        }
      })(options),
  },
  {
    statement: 'C20',
    what: 'a reactor whose fire rejects where it should throw',
    create: (options) =>
      new (class extends ImmediateReactor {
        override async fire(...[type, ...args]: Parameters<ReactorBase['fire']>): Promise<FiringReport> {
          return super.fire(type, ...args);
        }
      })(options),
  },
  {
    statement: 'C28',
    what: 'a reactor whose stop is an async function',
    create: (options) =>
      new (class extends ImmediateReactor {
        override async stop(reason?: StopReason): Promise<RunResult> {
          return super.stop(reason);
        }
      })(options),
  },
  {
    statement: 'C31',
    what: 'a reactor whose crash is a stop',
    create: (options) =>
      new (class extends ImmediateReactor {
        override crash(): void {
          void this.stop({ kind: 'crash' });
        }
      })(options),
  },
];

const shared: { handle: ReturnType<typeof setImmediate> | undefined } = { handle: undefined };
