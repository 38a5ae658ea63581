import type { Host } from '@triphase/core';
import { ImmediateReactor } from '../immediate-reactor.ts';
import type { SabotagedReactor } from './sabotaged-reactor.ts';

/** Reactors with one wrong hook to their host. */
export const sabotagedHooks: readonly SabotagedReactor[] = [
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
    what: 'a reactor whose requestTurn calls its turn at once',
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
    what: 'a reactor whose acquireKeepAlive does nothing',
    create: (options) =>
      new (class extends ImmediateReactor {
        protected override acquireKeepAlive(): undefined {
          // Does not keep the host alive.
        }
      })(options),
  },
  {
    statement: 'C25',
    what: 'a reactor whose keep-alive is an unref’d timer',
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
    what: 'a reactor whose requestTurn calls its turn at once when it is called outside a turn',
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
    what: 'a reactor that leaves its wakeup in the host after the run',
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
    what: 'reactors that share one immediate',
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
    what: 'a reactor whose wakeup cancels its turn',
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
    what: 'a reactor whose turns starve the host',
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
    statement: 'C3',
    what: 'a reactor that makes a timer in its constructor',
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
    statement: 'C30',
    what: 'a reactor that never releases its keep-alive',
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
];

const shared: { handle: ReturnType<typeof setImmediate> | undefined } = { handle: undefined };
