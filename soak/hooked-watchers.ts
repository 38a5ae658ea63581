import type { Observer, ReactorOptions } from '@triphase/core';
import type { Random } from './random.ts';
import type { ExpectedErrors } from './expected-errors.ts';

/** What the watchers call. */
interface Callbacks {
  readonly errors: ExpectedErrors;
  /** The program may call the reactor here. */
  at(place: string): void;
  /** An error to throw, now and then. */
  failure(): Error | undefined;
  /** The number of the current run. */
  run(): number;
}

/** `onError`, the observer and the logger of a program: each calls back into the program. */
export class HookedWatchers {
  readonly options: Pick<ReactorOptions, 'host' | 'logger' | 'observer' | 'onError'>;
  readonly #callbacks: Callbacks;
  /** Callbacks whose start the observer has heard, and that are about to be called: their runs, the innermost last. */
  readonly #starting: Map<string, number[]> = new Map();
  #hasFailed = false;

  constructor(random: Random, callbacks: Callbacks) {
    this.#callbacks = callbacks;
    const print = (block: string): void => {
      callbacks.errors.printed(block);
      callbacks.at('logger');
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
          callbacks.at('onError');
        },
      }),
      ...(isWatched && { observer: this.#observer() }),
    };
  }

  /** Whether it is about to be called, even if it is removed now. */
  isStarting(name: string): boolean {
    return (this.#starting.get(name)?.length ?? 0) > 0;
  }

  /** The run in which it is called now. */
  takeRun(name: string): number {
    const run = this.#starting.get(name)?.pop();
    // An observer that has thrown doesn't hear which of these are abandoned.
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
        // A trigger isn't called if the observer ended the run at its start (C31).
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

  /** An observer that throws is dropped: it must hear nothing after that (C46). */
  #observed(method: string): void {
    this.#callbacks.errors.checkObserver(this.#hasFailed, method);
    this.#callbacks.at(`observer.${method}`);
    const error = this.#hasFailed ? undefined : this.#callbacks.failure();
    if (error === undefined) return;
    this.#hasFailed = true;
    throw error;
  }
}
