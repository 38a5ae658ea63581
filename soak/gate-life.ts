/** Kind `services`: a gate with random work. */
import { GateFullError, inFlight, ReactorStoppingError, type Gate, type HostAbortSignal } from '@triphase/core';
import { setTimeout as wait } from 'node:timers/promises';
import type { LivingProgram } from '../packages/testing/test/services/model/living-program.ts';
import type { ModelService } from '../packages/testing/test/services/model/rules.ts';
import type { Journal } from './journal.ts';
import type { Random } from './random.ts';
import { count, type Tally } from './tally.ts';

/** Work that takes longer hangs: all work takes less than a tenth of a second. Milliseconds. */
const PATIENCE_MS = 5_000;

/** One call of `gate.run`. */
interface Work {
  /** The run of the program in which `gate.run` was called. */
  readonly run: number;
  state: 'waiting' | 'running' | 'over';
  signal: HostAbortSignal | undefined;
  /** The signal of the work aborted while it ran. */
  isAborted: boolean;
  /** Number of calls of `onAbandoned`. */
  givenBack: number;
}

/** A gate that needs random services, with random work. Also the model that checks both against section 4 of the contract (C62). */
export class GateLife {
  readonly #gate: Gate;
  readonly #needs: readonly ModelService[];
  readonly #concurrency: number;
  readonly #maxWaiting: number;
  readonly #program: LivingProgram;
  readonly #journal: Journal;
  readonly #tally: Tally;
  readonly #all: Work[] = [];
  /** The last run in which a service was stopped and the reactor kept running, by service. */
  readonly #restarted: Map<ModelService, number> = new Map();
  /** The promises of `run` and `free`. Each must settle. */
  readonly #promises: Promise<void>[] = [];
  #unsettled = 0;

  constructor(name: string, program: LivingProgram, journal: Journal, random: Random, tally: Tally) {
    this.#program = program;
    this.#journal = journal;
    this.#tally = tally;
    this.#concurrency = random.pick([1, 2, 5, Infinity]);
    this.#maxWaiting = random.pick([0, 3, Infinity, Infinity]);
    // No background services: they stop when the services that need them have stopped, and the rules for that don't know gates.
    this.#needs = program.rules.services.filter(
      ({ plan }) => (plan.kind === 'plain' || plan.kind === 'resource') && random.chance(0.5),
    );
    this.#gate = inFlight(name, {
      concurrency: this.#concurrency,
      maxWaiting: this.#maxWaiting,
      needs: this.#needs.map(({ real }) => real),
      ...(random.chance(0.5) && { drainTimeout: random.below(20) }),
    });
    program.reactor.use(this.#gate);
    program.rules.onStop.push((service) => {
      this.#stops(service);
    });
  }

  /** Gives the gate work until the program is over, and waits for all of the work. */
  async live(random: Random, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      if (random.chance(0.25)) this.#free(random.fork());
      else this.#work(random.fork());
      await wait(random.below(12));
    }
    await this.#settledInTime();
  }

  /** Checks, after the program has ended, that all work is over. */
  checkEnd(): void {
    const { name } = this.#gate;
    this.#check(this.#unsettled === 0, () => `${String(this.#unsettled)} promises have not settled`);
    for (const { state, isAborted, givenBack } of this.#all) {
      this.#check(state === 'over', () => `work is ${state} at the end`);
      this.#check(
        givenBack <= 1 && (givenBack === 1 || !isAborted),
        () => `onAbandoned was called ${String(givenBack)} times`,
      );
    }
    const status = this.#gate.status?.();
    this.#check(status === '0 running, 0 waiting', () => `the status at the end is ${String(status)}`);
    this.#journal.note(`${name}: ${String(this.#all.length)} calls`);
  }

  /** Resolves when every promise has settled, or after the limit. Clears its timer, which would keep this life in memory. */
  #settledInTime(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS);
      void Promise.all(this.#promises).then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #work(random: Random): void {
    const work: Work = {
      run: this.#program.run,
      state: 'waiting',
      signal: undefined,
      isAborted: false,
      givenBack: 0,
    };
    const waiting = this.#all.filter(({ state }) => state === 'waiting').length;
    this.#all.push(work);
    const result = random.chance(0.1) ? new Error('work fails') : {};
    const promise = this.#gate.run(({ signal }) => this.#perform(work, result, signal, random), {
      onAbandoned: () => {
        work.givenBack++;
        this.#count('given back');
        return random.chance(0.5) ? wait(random.below(4)) : undefined;
      },
    });
    const settle = (outcome: unknown): void => {
      const wasCalled = work.signal !== undefined;
      if (wasCalled) this.#check(outcome === result, () => `run() has settled with ${String(outcome)}`);
      else {
        const isFull = outcome instanceof GateFullError;
        this.#count(isFull ? 'refused, full' : 'refused, closed');
        this.#check(isFull || outcome instanceof ReactorStoppingError, () => `run() rejects with ${String(outcome)}`);
        this.#check(!isFull || waiting >= this.#maxWaiting, () => `it is full with ${String(waiting)} waiting`);
      }
      work.state = 'over';
    };
    this.#follow(promise.then(settle, settle));
  }

  async #perform(work: Work, result: object, signal: HostAbortSignal, random: Random): Promise<unknown> {
    this.#count('called');
    this.#check(work.signal === undefined, () => 'work is called twice');
    work.signal = signal;
    work.state = 'running';
    signal.addEventListener('abort', () => {
      if (work.state === 'running') work.isAborted = true;
    });
    const { run } = this.#program;
    const earlier = this.#all.slice(0, this.#all.indexOf(work));
    this.#check(
      !earlier.some((other) => other.state === 'waiting' && other.run === run),
      () => 'work is called before earlier work',
    );
    const running = this.#all.filter((each) => each.state === 'running' && !each.isAborted).length;
    this.#check(running <= this.#concurrency, () => `${String(running)} run at the same time`);
    for (const need of this.#needs) this.#mustBeUp(need);
    const ms = random.pick([0, 1, random.below(12), random.below(60)]);
    if (ms > 0) await (random.chance(0.5) ? until(signal, ms) : wait(ms));
    work.state = 'over';
    if (result instanceof Error) throw result;
    return result;
  }

  /** Checks that a service that the gate needs has started and has not stopped. */
  #mustBeUp(service: ModelService): void {
    const { name, plan, calls, isUnsure, isAlone, isLost } = service;
    if (isUnsure || isAlone || isLost) return;
    // A lost resource reopens alone, and the gate stays open during that time (C59, C72). In the next run the resource opens before the gate again.
    if (plan.restart?.dependants === false && this.#restarted.get(service) === this.#program.run) return;
    for (const phase of plan.startPhases)
      if (phase !== 'after')
        this.#check(
          calls.some((call) => call.event === 'startup' && call.phase === phase && call.state === 'done'),
          () => `work is called, but ${name} has not started`,
        );
    const stops = calls.filter(({ event }) => event === 'shutdown');
    // A gate opens in `during startup`. In a restart, that is before the start of a service that only starts in `after`.
    const startsLater = plan.startPhases.every((phase) => phase === 'after');
    const isDown = plan.stopPhases.every((phase) =>
      stops.some((call) => call.phase === phase && call.state !== 'open'),
    );
    this.#check(stops.length === 0 || (startsLater && isDown), () => `work is called while ${name} stops`);
  }

  /** A service stops. The work of a gate that needs it must be over or aborted. */
  #stops(service: ModelService): void {
    if (this.#program.state === 'running') this.#restarted.set(service, this.#program.run);
    if (!this.#needs.includes(service) || service.isAlone || service.isUnsure || this.#program.isEscalated) return;
    const left = this.#all.filter(
      ({ state, isAborted, run }) => state === 'running' && !isAborted && run === this.#program.run,
    ).length;
    this.#check(left === 0, () => `${service.name} stops, but ${String(left)} calls still run`);
  }

  /** Calls `gate.free()`, sometimes with a signal that aborts. */
  #free(random: Random): void {
    const aborter = random.chance(0.5) ? new AbortController() : undefined;
    const reason = {};
    if (aborter !== undefined) setTimeout(() => aborter.abort(reason), random.below(20)).unref();
    const failed = (error: unknown): void => {
      const isMeant = error instanceof ReactorStoppingError || (aborter !== undefined && error === reason);
      this.#check(isMeant, () => `free() rejects with ${String(error)}`);
    };
    this.#follow(
      this.#gate.free(aborter === undefined ? {} : { signal: aborter.signal }).then(() => undefined, failed),
    );
    this.#count('free() called');
  }

  #follow(promise: Promise<void>): void {
    this.#unsettled++;
    this.#promises.push(
      promise.then(() => {
        this.#unsettled--;
      }),
    );
  }

  #count(what: string): void {
    count(this.#tally, `gate: ${what}`);
  }

  #check(holds: boolean, what: () => string): void {
    this.#journal.check(holds, 'C62', () => `${this.#gate.name}: ${what()}`);
  }
}

/** Resolves when the signal aborts, or after `ms`. */
function until(signal: HostAbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
    if (signal.aborted) resolve();
  });
}
