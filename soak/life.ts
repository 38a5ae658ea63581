/** Kind `life`: one random program on a `NodeReactor`. */
import { StartupFailedError, type RunResult } from '@triphase/core';
import type { NodeReactor } from '@triphase/node-reactor';
import type { Journal } from './journal.ts';
import { settled } from './step.ts';
import { Program } from './program.ts';
import type { Random } from './random.ts';
import { Subject } from './subject.ts';
import type { Tally } from './tally.ts';

/** A run that takes longer hangs: its shutdown takes at most a tenth of a second. Milliseconds. */
const PATIENCE_MS = 60_000;

/** One random program on a real reactor, from before `run()` to after its end. */
export class Life {
  readonly #random: Random;
  readonly #subject: Subject;
  readonly #program: Program;
  /** A firing has ended without a report, so the models don't know all of its errors. */
  #hasLostFiring = false;
  /** A firing has begun after the run (C20). */
  #isFiredLate = false;

  constructor(random: Random, tally: Tally) {
    this.#random = random;
    this.#subject = new Subject(random, tally);
    this.#program = new Program(this.#subject);
  }

  get reactor(): NodeReactor {
    return this.#subject.reactor;
  }

  get journal(): Journal {
    return this.#subject.journal;
  }

  /** Runs it to its end. Violations are in the journal. */
  async live(): Promise<void> {
    const random = this.#random;
    const services = random.fork();
    for (let left = services.below(6); left > 0; left--) this.#program.triggers.use(services.fork());
    for (let left = 3 + random.below(8); left > 0; left--) this.#program.triggers.register(random.fork(), 0);
    for (let left = random.below(6); left > 0; left--) this.#program.step(random.fork(), 0);
    do {
      this.#subject.runs++;
      const result = await this.#run(random.fork());
      if (result?.reason.kind !== 'crash') break;
    } while (this.#subject.runs < 10);
    await settled();
    await settled();
    await this.#endLateFirings();
    this.#checkEnd();
  }

  async #run(random: Random): Promise<RunResult | undefined> {
    const { reactor, journal } = this.#subject;
    this.#program.reasons = [];
    this.#subject.services.runBegins();
    this.#program.aborter = random.chance(0.3) ? new AbortController() : undefined;
    if (random.chance(0.05)) this.#program.aborter?.abort();
    journal.note(`run ${String(this.#subject.runs)}`);
    const over = reactor.run(this.#program.aborter === undefined ? {} : { signal: this.#program.aborter.signal });
    let isOver = false;
    const ended = over.then(
      (result) => {
        isOver = true;
        return result;
      },
      (error: unknown) => {
        isOver = true;
        if (error instanceof StartupFailedError) return error.result;
        throw error;
      },
    );
    /** Does steps from outside until the run is over. */
    const drive = async (): Promise<void> => {
      for (let left = 4 + random.below(24); left > 0 && !isOver; left--) {
        await outside(random);
        this.#program.step(random.fork(), 0);
      }
      if (!isOver) this.#program.stop('stop', random);
      while (!isOver && this.#program.triggers.canSettle()) {
        await outside(random);
        this.#program.triggers.settle(random);
      }
    };
    const driven = drive();
    const result = await this.#within(ended);
    if (result === undefined) return undefined;
    if (this.#subject.pendingReports.size > 0) this.#isFiredLate = true;
    else
      journal.check(
        this.#subject.host.outstanding === 0,
        'C30',
        () => `${String(this.#subject.host.outstanding)} timers or immediates are left in the host`,
      );
    await driven;
    this.#checkResult(result);
    return result;
  }

  /** C24: the promise of a run always settles. */
  async #within(ended: Promise<RunResult>): Promise<RunResult | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late: Promise<undefined> = new Promise((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, undefined);
    });
    const result = await Promise.race([ended, late]);
    clearTimeout(timer);
    this.#subject.journal.check(
      result !== undefined,
      'C24',
      () =>
        `run() has not settled: ${this.#subject.reactor.state}, ${JSON.stringify(this.#subject.reactor.pending().map(String))}`,
    );
    return result;
  }

  #checkResult(result: RunResult): void {
    const { reason, startup, shutdown } = result;
    this.#subject.count(`ended by ${reason.kind}`);
    this.#subject.journal.note(`run over: ${reason.kind}`);
    this.#subject.journal.check(
      reason.kind === 'startup-failed' ||
        reason.kind === 'crash' ||
        reason === this.#program.reasons[0] ||
        reason.kind === 'abort' ||
        reason.kind === 'dispose',
      'C28',
      () => `the reason is ${reason.kind}, the stops had ${this.#program.reasons.map(({ kind }) => kind).join()}`,
    );
    this.#subject.firings.ended('startup', `startup ${String(this.#subject.runs)}`, startup);
    if (shutdown !== undefined)
      this.#subject.firings.ended('shutdown', `shutdown ${String(this.#subject.runs)}`, shutdown);
    else if (this.#subject.firings.drop(`shutdown ${String(this.#subject.runs)}`)) this.#hasLostFiring = true;
    this.#subject.journal.check(
      (shutdown === undefined) === (reason.kind === 'crash'),
      'C31',
      () => `ended by ${reason.kind}, but shutdown was ${shutdown === undefined ? 'not ' : ''}fired`,
    );
    this.#subject.journal.check(
      result.errors.length === startup.errors.length + (shutdown?.errors.length ?? 0),
      'C24',
      () => 'the errors of the result are not those of its firings',
    );
    this.#subject.calls.compareQueue(this.#subject.reactor.pending());
    this.#subject.calls.compareList(this.#subject.reactor.getDelayedCalls());
  }

  /** C20: a firing that was queued while its event was being fired may begin after the run. Then only its own limits end it. */
  async #endLateFirings(): Promise<void> {
    const { journal } = this.#subject;
    if (!this.#isFiredLate) return;
    for (const { again } of this.#subject.pendingReports.values())
      journal.check(again, 'C30', () => 'a firing has no report');
    const until = performance.now() + PATIENCE_MS;
    do {
      while (this.#program.triggers.canSettle()) this.#program.triggers.settle(this.#random);
      await settled();
      // C2: the reactor may leave the wakeup of a limit that it no longer needs.
    } while ((this.#program.triggers.canSettle() || this.#subject.host.outstanding > 0) && performance.now() < until);
    for (const { detail } of this.#subject.pendingReports.values()) {
      this.#hasLostFiring = true;
      this.#subject.firings.drop(detail);
    }
    this.#subject.count('fired again after the end');
  }

  #checkEnd(): void {
    const { journal, reactor } = this.#subject;
    this.#subject.services.stopped();
    journal.check(reactor.state === 'stopped', 'C30', () => `the reactor is ${reactor.state}`);
    journal.check(
      this.#subject.firings.unreported === '',
      'C15',
      () => `no report of ${this.#subject.firings.unreported}`,
    );
    journal.check(
      this.#subject.host.outstanding === 0,
      'C30',
      () => `${String(this.#subject.host.outstanding)} timers or immediates are left in the host`,
    );
    journal.check(
      this.#subject.unsettled === 0,
      'C30',
      () => `${String(this.#subject.unsettled)} sleeps or tasks have not settled`,
    );
    journal.check(
      this.#subject.loops.every(({ active }) => !active),
      'C30',
      () => 'a looping call has outlived the reactor',
    );
    this.#subject.checkErrors(this.#hasLostFiring);
  }
}

/** Resolves in a random kind of callback of the host, outside of the turns of the reactor. */
function outside(random: Random): Promise<void> {
  return new Promise((resolve) => {
    const how = random.pick(['immediate', 'timer', 'microtask', 'tick']);
    if (how === 'immediate') setImmediate(resolve);
    else if (how === 'timer') setTimeout(resolve, random.below(3));
    else if (how === 'microtask') queueMicrotask(resolve);
    else process.nextTick(resolve);
  });
}
