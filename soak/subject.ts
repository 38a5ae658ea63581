/** Kind `life`: the reactor of one life, with the models that check it. */
import type { FiringReport, Limits, LoopingCall } from '@triphase/core';
import { NodeReactor } from '@triphase/node-reactor';
import { CallsModel } from './calls-model.ts';
import { countingHost } from '../packages/testing/src/conformance/counting-host.ts';
import { FiringsModel, type Call } from './firings-model.ts';
import { Journal } from './journal.ts';
import type { Random } from './random.ts';
import { ServicesModel } from './services-model.ts';
import { count, type Tally } from './tally.ts';

/** A real reactor, the models that check it, and the errors that it has reported. */
export class Subject {
  readonly journal = new Journal();
  readonly reactor: NodeReactor;
  readonly host = countingHost();
  readonly firings: FiringsModel;
  readonly services: ServicesModel;
  readonly calls: CallsModel;
  readonly loops: LoopingCall[] = [];
  /** The promises of `fire()` that have not settled. `detail`: the key of the firing. `again`: its event was being fired at the time. */
  readonly pendingReports: Map<Promise<FiringReport>, { detail: object; readonly again: boolean }> = new Map();
  /** The errors that queued and timed calls threw: each must be reported once. */
  readonly thrown: unknown[] = [];
  /** Every call of a trigger or of a service function. */
  readonly triggerCalls: Call[] = [];
  /** The number of sleeps, loops and tasks that have not settled. */
  unsettled = 0;
  /** The number of the current run. */
  runs = 0;
  readonly #onErrorCalls: unknown[] = [];
  readonly #tally: Tally;
  #names = 0;

  constructor(random: Random, tally: Tally) {
    this.#tally = tally;
    this.firings = new FiringsModel(this.journal, {
      waiting: () => this.reactor.pending(),
      mayStart: () => this.reactor.state === 'starting',
    });
    this.services = new ServicesModel(this.journal, this.firings);
    this.calls = new CallsModel(this.journal);
    const watched = random.chance(0.5);
    this.reactor = new NodeReactor({
      signals: false,
      host: this.host.record,
      onError: (error) => {
        this.#onErrorCalls.push(error);
      },
      limits: { shutdown: randomLimits(random, 60) },
      maxBatch: random.pick([1_000, 3]),
      maxSliceMs: random.pick([5, 0.05]),
      debug: random.chance(0.1),
      context: random.chance(0.1),
      ...(watched && {
        observer: {
          phase: (step, { event, phase }) => {
            this.firings.phaseStep(step, event, phase, !this.isStarted());
          },
        },
      }),
    });
  }

  isStarted(): boolean {
    const { state } = this.reactor;
    return state !== 'idle' && state !== 'stopped';
  }

  /** A value to throw: mostly an error, sometimes a string. */
  error(random: Random): unknown {
    const name = this.name('error');
    return random.chance(0.8) ? new Error(name) : name;
  }

  /** A name that no other trigger, call or service of this life has. */
  name(what: string): string {
    return `${what}#${String(++this.#names)}`;
  }

  count(what: string): void {
    count(this.#tally, what);
  }

  /**
   * C14, C36, C48: each error is reported once, and nothing else is. `hasLostFiring`: a firing ended without a report, so the models don't know all of
   * its errors.
   */
  checkErrors(hasLostFiring: boolean): void {
    const expected: Map<unknown, number> = new Map();
    const expect = (error: unknown): void => void expected.set(error, (expected.get(error) ?? 0) + 1);
    this.thrown.forEach(expect);
    this.firings.reported.forEach(expect);
    for (const { state, error } of this.triggerCalls)
      if (state === 'failed' && error !== undefined) expect(error.thrown);
    const heard: Map<unknown, number> = new Map();
    for (const error of this.#onErrorCalls) heard.set(error, (heard.get(error) ?? 0) + 1);
    for (const error of new Set([...expected.keys(), ...heard.keys()])) {
      const times = heard.get(error) ?? 0;
      const due = expected.get(error) ?? 0;
      if (due === 0 && hasLostFiring && times === 1) continue; // an error of a firing that a crash ended
      this.journal.check(
        times === due,
        'C14, C36, C48',
        () => `${String(error)} was reported ${String(times)} times instead of ${String(due)}`,
      );
    }
    const { errors } = this.reactor.stats();
    this.journal.check(
      errors === this.#onErrorCalls.length,
      'C47',
      () => `stats() has ${String(errors)} errors, onError was called ${String(this.#onErrorCalls.length)} times`,
    );
  }
}

/** Random limits of at most `most` milliseconds. The limit of a phase is at most the deadline (C66). */
export function randomLimits(random: Random, most: number): Limits {
  const deadline = 1 + random.below(most);
  const ms = (): number => Math.min(random.below(most), deadline);
  return {
    deadline,
    ...(random.chance(0.2) && { before: ms() }),
    ...(random.chance(0.2) && { during: ms() }),
    ...(random.chance(0.2) && { after: ms() }),
  };
}
