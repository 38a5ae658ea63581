import { callName } from './call-queue.ts';
import type { ReactorEnvironment } from '../life/reactor-environment.ts';
import type { Stats } from '../ground/observer.ts';
import type { Invoke } from '../timed/timer-queue.ts';

/** Runs the functions of queued and timed calls: reports their errors (C36), tells the observer (C46), and counts (C47). */
export class CallRunner {
  readonly #env: ReactorEnvironment;
  #timedCalls = 0;
  #latenessSum = 0;
  #latenessMax = 0;

  constructor(env: ReactorEnvironment) {
    this.#env = env;
  }

  /** The number of timed calls that have run. */
  get timedCalls(): number {
    return this.#timedCalls;
  }

  get lateness(): Stats['lateness'] {
    const mean = this.#timedCalls === 0 ? 0 : this.#latenessSum / this.#timedCalls;
    return { mean, max: this.#latenessMax };
  }

  readonly run = (fn: () => unknown): void => {
    try {
      const result = fn();
      if (result !== undefined) this.#env.watch(result, 'call', callName(fn));
    } catch (error) {
      this.#env.report(error, { kind: 'call', name: callName(fn) });
    }
  };

  readonly runTimed: Invoke = (fn, call, lateness) => {
    this.#timedCalls++;
    this.#latenessSum += lateness;
    if (lateness > this.#latenessMax) this.#latenessMax = lateness;
    try {
      const result = fn();
      if (result !== undefined) this.#env.watch(result, 'timed-call', call.name);
    } catch (error) {
      this.#env.report(error, { kind: 'timed-call', name: call.name });
    }
  };

  /** As `run`, and tells the observer. */
  readonly runObserved = (fn: () => unknown): void => {
    const start = this.#env.now();
    this.run(fn);
    const duration = this.#env.now() - start;
    this.#env.notify('call', { kind: 'call', name: callName(fn), start, duration, lateness: 0 });
  };

  /** As `runTimed`, and tells the observer. */
  readonly runTimedObserved: Invoke = (fn, call, lateness) => {
    const { name } = call;
    const start = this.#env.now();
    this.runTimed(fn, call, lateness);
    const duration = this.#env.now() - start;
    this.#env.notify('call', { kind: 'timed-call', name, start, duration, lateness });
  };
}
