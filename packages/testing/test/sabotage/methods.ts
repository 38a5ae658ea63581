import type {
  CallOptions,
  DelayedCall,
  FiringReport,
  ReactorBase,
  ReactorOptions,
  RunResult,
  StopReason,
} from '@triphase/core';
import { ImmediateReactor } from '../immediate-reactor.ts';
import type { SabotagedReactor } from './sabotaged-reactor.ts';

/** Reactors with one wrong public method or option. */
export const sabotagedMethods: readonly SabotagedReactor[] = [
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
    statement: 'C37',
    what: 'a reactor whose callSoon calls at once before the run',
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
    what: 'a reactor whose callFromThread uses another queue',
    create: (options) =>
      new (class extends ImmediateReactor {
        override callFromThread(fn: () => unknown): void {
          super.callLater(0, fn);
        }
      })(options),
  },
  {
    statement: 'C53',
    what: 'a reactor whose fireSystemEvent ignores the detail',
    create: (options) =>
      new (class extends ImmediateReactor {
        override fireSystemEvent(...[type]: Parameters<ReactorBase['fireSystemEvent']>): Promise<FiringReport> {
          return super.fire(type);
        }
      })(options),
  },
  {
    statement: 'C54',
    what: 'a reactor with the signal of another reactor',
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
    what: 'a reactor that reports no errors',
    create: (options) => new ImmediateReactor({ ...options, onError: () => undefined } satisfies ReactorOptions),
  },
  {
    statement: 'C22',
    what: 'a reactor that ignores the option limits',
    create: (options) => new ImmediateReactor({ ...options, limits: {} } satisfies ReactorOptions),
  },
  {
    statement: 'C39',
    what: 'a reactor whose callLater ignores its options',
    create: (options) =>
      new (class extends ImmediateReactor {
        override callLater(ms: number, fn: () => unknown): DelayedCall {
          return super.callLater(ms, fn);
        }
      })(options),
  },
  {
    statement: 'C47',
    what: 'a reactor whose queued calls lose their names',
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
