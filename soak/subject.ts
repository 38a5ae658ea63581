import type { FiringReport, Limits, LoopingCall } from '@triphase/core';
import { NodeReactor } from '@triphase/node-reactor';
import { CallsModel } from './calls-model.ts';
import { countingHost } from '../packages/testing/src/conformance/counting-host.ts';
import { FiringsModel, type Call } from './firings-model.ts';
import { Journal } from './journal.ts';
import type { Random } from './random.ts';
import { ServicesModel } from './services-model.ts';

/** How often each thing happened, over all lives: a soak hasn't proved what it hasn't done. */
export type Tally = Map<string, number>;

/** A real reactor, the models that watch it, and the errors it has reported. */
export class Subject {
  readonly journal = new Journal();
  readonly reactor: NodeReactor;
  readonly host = countingHost();
  readonly firings: FiringsModel;
  readonly services: ServicesModel;
  readonly calls: CallsModel;
  readonly loops: LoopingCall[] = [];
  /** The promises of reports that have not come, each with the key of its firing. */
  readonly asked: Map<Promise<FiringReport>, { detail: object; readonly again: boolean }> = new Map();
  /** The errors that callbacks threw: each must be reported once. */
  readonly thrown: unknown[] = [];
  /** Every call of a trigger or service. */
  readonly seen: Call[] = [];
  /** The number of sleeps, loops and tasks that have not settled. */
  unsettled = 0;
  /** The number of the current run. */
  runs = 0;
  readonly #heard: unknown[] = [];
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
        this.#heard.push(error);
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

  /** Calls `fn`. Returns false if it threw one of these errors; any other error is a violation. */
  allow(classes: readonly (abstract new (...args: never[]) => Error)[], fn: () => void): boolean {
    try {
      fn();
      return true;
    } catch (error) {
      const isMeant = classes.some((errorClass) => error instanceof errorClass);
      this.journal.check(isMeant, 'misuse', () => (error instanceof Error ? (error.stack ?? '') : String(error)));
      return false;
    }
  }

  error(random: Random): unknown {
    const name = this.name('error');
    return random.chance(0.8) ? new Error(name) : name;
  }

  name(what: string): string {
    return `${what}#${String(++this.#names)}`;
  }

  count(what: string): void {
    this.#tally.set(what, (this.#tally.get(what) ?? 0) + 1);
  }

  /** C14, C36, C48: each error is reported once, and nothing else is. `lost`: errors of a firing without a report may be unknown here. */
  checkErrors(lost: boolean): void {
    const expected: Map<unknown, number> = new Map();
    const expect = (error: unknown): void => void expected.set(error, (expected.get(error) ?? 0) + 1);
    this.thrown.forEach(expect);
    this.firings.reported.forEach(expect);
    for (const { state, error } of this.seen) if (state === 'failed' && error !== undefined) expect(error.thrown);
    const heard: Map<unknown, number> = new Map();
    for (const error of this.#heard) heard.set(error, (heard.get(error) ?? 0) + 1);
    for (const error of new Set([...expected.keys(), ...heard.keys()])) {
      const times = heard.get(error) ?? 0;
      const due = expected.get(error) ?? 0;
      if (due === 0 && lost && times === 1) continue; // reported by a firing that a crash has ended
      this.journal.check(
        times === due,
        'C14, C36, C48',
        () => `${String(error)} was heard ${String(times)} times instead of ${String(due)}`,
      );
    }
    const { errors } = this.reactor.stats();
    this.journal.check(
      errors === this.#heard.length,
      'C47',
      () => `stats() has ${String(errors)} errors, heard were ${String(this.#heard.length)}`,
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
