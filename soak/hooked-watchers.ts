/** Kind `reentrant`: `onError`, the observer and the logger of a life. */
import type { Observer, ReactorOptions } from '@triphase/core';
import type { Random } from './random.ts';
import type { ExpectedErrors } from './expected-errors.ts';

/** The functions of the life that the watchers call. */
interface Callbacks {
  readonly errors: ExpectedErrors;
  /** Lets the program call the reactor. `place`: the callback, for the journal. */
  inCallback(place: string): void;
  /** Sometimes returns an error to throw. */
  failure(): Error | undefined;
  /** The number of the current run. */
  run(): number;
}

/** `onError`, the observer and the logger of a program: each calls back into the program. */
export class HookedWatchers {
  readonly options: Pick<ReactorOptions, 'host' | 'logger' | 'observer' | 'onError'>;
  readonly #callbacks: Callbacks;
  /**
   * The calls of triggers that the observer has reported as started, and that come next. The key is the name of the trigger. The value has the
   * number of the run of each such call; if calls are nested, the innermost is last.
   */
  readonly #starting: Map<string, number[]> = new Map();
  #hasFailed = false;

  constructor(random: Random, callbacks: Callbacks) {
    this.#callbacks = callbacks;
    const print = (block: string): void => {
      callbacks.errors.printed(block);
      callbacks.inCallback('logger');
    };
    const logger = { info: print, warn: print, error: print };
    const hasOnError = random.chance(0.8);
    const isWatched = random.chance(0.5);
    this.options = {
      logger,
      host: { console: logger },
      ...(hasOnError && {
        onError: (error: unknown) => {
          callbacks.errors.heard(error);
          callbacks.inCallback('onError');
        },
      }),
      ...(isWatched && { observer: this.#observer() }),
    };
  }

  /** Whether the observer has reported this trigger as started. Then it is called even if it is removed now. */
  isStarting(name: string): boolean {
    return (this.#starting.get(name)?.length ?? 0) > 0;
  }

  /** The number of the run in which this trigger is called now. */
  takeRun(name: string): number {
    const run = this.#starting.get(name)?.pop();
    // An observer that has thrown is no longer told which triggers are abandoned, so the list may be wrong.
    return (this.#hasFailed ? undefined : run) ?? this.#callbacks.run();
  }

  #observer(): Observer {
    return {
      turn: () => {
        this.#observed('turn');
      },
      call: () => {
        this.#observed('call');
      },
      firing: () => {
        this.#observed('firing');
      },
      phase: () => {
        this.#observed('phase');
      },
      trigger: (step, { name, outcome }) => {
        // A trigger isn't called if the observer ended the run when it was reported (C31).
        if (step === 'settled' && outcome === 'abandoned') this.#starting.get(name)?.pop();
        if (step === 'start') {
          const runs = this.#starting.get(name);
          if (runs === undefined) this.#starting.set(name, [this.#callbacks.run()]);
          else runs.push(this.#callbacks.run());
        }
        this.#observed('trigger');
      },
    };
  }

  /** Called in each method of the observer, which sometimes throws. After that, core must not call the observer again (C46). */
  #observed(method: string): void {
    this.#callbacks.errors.checkObserver(this.#hasFailed, method);
    this.#callbacks.inCallback(`observer.${method}`);
    const error = this.#hasFailed ? undefined : this.#callbacks.failure();
    if (error === undefined) return;
    this.#hasFailed = true;
    throw error;
  }
}
