/**
 * Kind `reentrant`: the model of its lives. It knows less than `firings-model.ts`: only the rules that hold for any order of calls, so
 * it never asks the reactor anything.
 */
import type { FiringReport, Phase, RunResult } from '@triphase/core';
import type { Journal } from './journal.ts';
import { PHASES } from './phases.ts';

/** A registered trigger, or the function of a service for one phase. */
export interface Registered {
  readonly name: string;
  readonly every: boolean;
  isRemoved: boolean;
  calls: number;
}

/** One call of a trigger or service function. `pends`: it has returned a promise that has not settled. */
export interface TriggerCall {
  readonly name: string;
  readonly phase: Phase;
  pends: boolean;
}

interface Firing {
  readonly title: string;
  readonly calls: TriggerCall[];
  readonly called: Set<Registered>;
  /** The index of the current phase in PHASES; -1 before the first. */
  phaseIndex: number;
  report: FiringReport | undefined;
  /** It ended without a report: the shutdown of a run that crashed (C31). */
  isLost: boolean;
  /** The calls that still pended when a later phase began. */
  readonly leftBehind: Set<TriggerCall>;
}

/** A promise that `fire()` has returned. */
interface FirePromise {
  readonly title: string;
  /** The newest detail, if several calls of `fire()` share this firing (C20). */
  detail: unknown;
  /** The run at the time of the call, 0 for none. */
  readonly run: number;
  isSettled: boolean;
}

export class ReentrantModel {
  readonly #journal: Journal;
  /** The firings, by their key: the detail, or the event and the number of the run. */
  readonly #firings: Map<unknown, Firing> = new Map();
  readonly #firePromises: Map<Promise<FiringReport>, FirePromise> = new Map();
  readonly #runs: { isSettled: boolean }[] = [];

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** The number of the last run that has begun, 0 before the first. */
  get run(): number {
    return this.#runs.length;
  }

  /** A trigger is called (C9, C10, C16, C19). `key`: the detail of its firing, or its event and run. */
  called(key: unknown, event: unknown, phase: Phase, what: Registered): TriggerCall {
    const firing = this.#firingOf(key, String(event));
    const title = `${firing.title} ${phase} ${what.name}`;
    const phaseIndex = PHASES.indexOf(phase);
    this.#check(
      phaseIndex >= firing.phaseIndex,
      'C9',
      () => `${title} was called after ${String(PHASES[firing.phaseIndex])}`,
    );
    this.#check(firing.report === undefined && !firing.isLost, 'C10', () => `${title} was called after the report`);
    this.#check(!what.isRemoved, 'C19', () => `${title} was called after it was removed`);
    this.#check(what.every || what.calls === 0, 'C16', () => `${title} was called twice`);
    this.#check(!firing.called.has(what), 'C16', () => `${title} was called twice in one firing`);
    what.calls++;
    firing.called.add(what);
    if (phaseIndex > firing.phaseIndex) for (const call of firing.calls) if (call.pends) firing.leftBehind.add(call);
    firing.phaseIndex = Math.max(phaseIndex, firing.phaseIndex);
    const call: TriggerCall = { name: what.name, phase, pends: false };
    firing.calls.push(call);
    return call;
  }

  /** `fire()` has returned this promise. `run`: the number of the current run, 0 for none. */
  fired(event: string, detail: unknown, promise: Promise<FiringReport>, run: number): void {
    const before = this.#firePromises.get(promise);
    if (before !== undefined) {
      before.detail = detail;
      return;
    }
    const fired: FirePromise = { title: this.#firingOf(detail, event).title, detail, run, isSettled: false };
    this.#firePromises.set(promise, fired);
    void promise.then((report) => {
      fired.isSettled = true;
      this.reported(fired.detail, report);
    });
  }

  /** A firing has a report. It must agree with the calls that the model has seen (C10, C15, C22). */
  reported(key: unknown, report: FiringReport): void {
    const firing = this.#firings.get(key);
    if (firing === undefined || firing.report !== undefined) return;
    firing.report = report;
    for (const phase of PHASES) {
      const seen = firing.calls.filter((call) => call.phase === phase).length;
      const more = report.counts[phase] - seen;
      // Reports of startup and shutdown also count `callWhenRunning` and `waitUntil`.
      const isOfRun = report.event === 'startup' || report.event === 'shutdown';
      this.#check(
        isOfRun ? more >= 0 : more === 0,
        'C15',
        () => `${firing.title}: ${String(report.counts[phase])} ${phase} calls in the report, ${String(seen)} seen`,
      );
    }
    for (const { name, phase } of firing.leftBehind) {
      const isTold = report.abandoned.some((one) => one.name === name && one.phase === phase);
      this.#check(isTold, 'C10', () => `${firing.title} abandoned ${phase} ${name}, and its report does not list it`);
    }
  }

  /** Whether an error of this call may go unreported: the firing has abandoned the call, or has no report. */
  mayBeAbandoned(key: unknown, { name, phase }: TriggerCall): boolean {
    const firing = this.#firings.get(key);
    if (firing?.report === undefined) return true;
    return firing.report.abandoned.some((one) => one.name === name && one.phase === phase);
  }

  /** `run()` has been called. Returns its number. */
  runBegins(): number {
    return this.#runs.push({ isSettled: false });
  }

  /** `run()` threw: it has no promise. */
  runFailed(run: number): void {
    const failed = this.#runs[run - 1];
    if (failed !== undefined) failed.isSettled = true;
  }

  /** The promise of the run has settled. */
  runEnded(run: number, { startup, shutdown }: RunResult): void {
    const ended = this.#runs[run - 1];
    if (ended !== undefined) ended.isSettled = true;
    this.reported(`startup ${String(run)}`, startup);
    if (shutdown !== undefined) this.reported(`shutdown ${String(run)}`, shutdown);
    else {
      const firing = this.#firings.get(`shutdown ${String(run)}`);
      if (firing !== undefined) firing.isLost = true;
    }
  }

  /** C30, C31: one macrotask after a run has settled, all of its firings have settled. */
  checkAfter(run: number): void {
    for (const fired of this.#firePromises.values()) {
      const isOpen = fired.run === run && !fired.isSettled;
      this.#check(!isOpen, 'C30, C31', () => `${fired.title} has not settled after run ${String(run)}`);
    }
  }

  /** At the end, every run and every firing must have settled. */
  checkEnd(): void {
    this.#runs.forEach(({ isSettled }, index) => {
      this.#check(isSettled, 'C24', () => `run ${String(index + 1)} has not settled`);
    });
    for (const { title, isSettled } of this.#firePromises.values())
      this.#check(isSettled, 'C15', () => `${title} has not settled`);
  }

  /** The firing with this key. Creates it at its first call. */
  #firingOf(key: unknown, event: string): Firing {
    let firing = this.#firings.get(key);
    if (firing === undefined) {
      const title = typeof key === 'string' ? key : `${event} #${String(this.#firings.size + 1)}`;
      firing = {
        title,
        calls: [],
        called: new Set(),
        phaseIndex: -1,
        report: undefined,
        isLost: false,
        leftBehind: new Set(),
      };
      this.#firings.set(key, firing);
    }
    return firing;
  }

  #check(holds: boolean, statement: string, what: () => string): void {
    this.#journal.check(holds, statement, what);
  }
}
