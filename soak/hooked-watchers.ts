import type { Observer, ReactorOptions } from '@triphase/core';
import type { Random } from './random.ts';
import type { ToldErrors } from './told-errors.ts';

/** What is done with what is told. */
interface Told {
  readonly errors: ToldErrors;
  /** May call the reactor. */
  at(place: string): void;
  /** Now and then an error to throw. */
  failure(): Error | undefined;
  /** The run under way. */
  run(): number;
}

/** `onError`, the observer and the logger of a program, each of which calls back. */
export class HookedWatchers {
  readonly options: Pick<ReactorOptions, 'host' | 'logger' | 'observer' | 'onError'>;
  readonly #told: Told;
  /** What the observer has heard the start of, and is about to be called: the runs it is called in, the innermost last. */
  readonly #starting: Map<string, number[]> = new Map();
  #hasFailed = false;

  constructor(random: Random, told: Told) {
    this.#told = told;
    const print = (block: string): void => {
      told.errors.printed(block);
      told.at('logger');
    };
    const logger = { info: print, warn: print, error: print };
    const hasOnError = random.chance(0.8);
    const isWatched = random.chance(0.5);
    this.options = {
      logger,
      host: { console: logger },
      ...(hasOnError && {
        onError: (error: unknown) => {
          told.errors.heard(error);
          told.at('onError');
        },
      }),
      ...(isWatched && { observer: this.#observer() }),
    };
  }

  /** It is about to be called, whatever is done with it now. */
  isStarting(name: string): boolean {
    return (this.#starting.get(name)?.length ?? 0) > 0;
  }

  /** It is called now: in this run. */
  takeRun(name: string): number {
    const run = this.#starting.get(name)?.pop();
    // Once the observer has failed it does not hear which of these are abandoned.
    return (this.#hasFailed ? undefined : run) ?? this.#told.run();
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
        // One whose start has ended the run is not called (C31).
        if (step === 'settled' && outcome === 'abandoned') this.#starting.get(name)?.pop();
        if (step === 'start') {
          const runs = this.#starting.get(name);
          if (runs === undefined) this.#starting.set(name, [this.#told.run()]);
          else runs.push(this.#told.run());
        }
        this.#observed('trigger');
      },
    };
  }

  /** One that throws is dropped: it is to hear of nothing any more (C46). */
  #observed(method: string): void {
    this.#told.errors.checkObserver(this.#hasFailed, method);
    this.#told.at(`observer.${method}`);
    const error = this.#hasFailed ? undefined : this.#told.failure();
    if (error === undefined) return;
    this.#hasFailed = true;
    throw error;
  }
}
