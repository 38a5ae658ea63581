import { StartupFailedError, type RunResult } from '@triphase/core';
import type { NodeReactor } from '@triphase/node-reactor';
import type { Journal } from './journal.ts';
import { settled } from './step.ts';
import { Program } from './program.ts';
import type { Random } from './random.ts';
import { Subject, type Tally } from './subject.ts';

/** Limit for a run to settle: its shutdown takes at most a tenth of a second. Milliseconds. */
const PATIENCE_MS = 60_000;

/** One random program on a real reactor, from before `run()` to after its end. */
export class Life {
  readonly #random: Random;
  readonly #subject: Subject;
  readonly #program: Program;
  /** A crash has ended a firing without its report. */
  #lost = false;
  /** A firing that was asked for began after the run. */
  #isFiredLate = false;

  constructor(random: Random, tally: Tally) {
    this.#random = random;
    this.#subject = new Subject(random, tally);
    this.#program = new Program(this.#subject);
  }

  get reactor(): NodeReactor {
    return this.#subject.reactor;
  }

  /** The steps and the violations. */
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
    await this.#endAgain();
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
    if (this.#subject.asked.size > 0) this.#isFiredLate = true;
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

  /** C24: it always settles. */
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
      () => `the reason is ${reason.kind}, asked was ${this.#program.reasons.map(({ kind }) => kind).join()}`,
    );
    this.#subject.firings.ended('startup', `startup ${String(this.#subject.runs)}`, startup);
    if (shutdown !== undefined)
      this.#subject.firings.ended('shutdown', `shutdown ${String(this.#subject.runs)}`, shutdown);
    else if (this.#subject.firings.drop(`shutdown ${String(this.#subject.runs)}`)) this.#lost = true;
    this.#subject.journal.check(
      (shutdown === undefined) === (reason.kind === 'crash'),
      'C31',
      () => `ended by ${reason.kind}, and shutdown was ${shutdown === undefined ? 'not ' : ''}fired`,
    );
    this.#subject.journal.check(
      result.errors.length === startup.errors.length + (shutdown?.errors.length ?? 0),
      'C24',
      () => 'the errors of a result are those of its firings',
    );
    this.#subject.calls.compareQueue(this.#subject.reactor.pending());
    this.#subject.calls.compareList(this.#subject.reactor.getDelayedCalls());
  }

  /** C20: a firing asked for while its event is fired may begin after the run. Only its own limits end it then. */
  async #endAgain(): Promise<void> {
    const { journal } = this.#subject;
    if (!this.#isFiredLate) return;
    for (const { again } of this.#subject.asked.values()) journal.check(again, 'C30', () => 'a firing has no report');
    const until = performance.now() + PATIENCE_MS;
    do {
      while (this.#program.triggers.canSettle()) this.#program.triggers.settle(this.#random);
      await settled();
      // C2: the wakeup of a limit that is no longer needed may still come.
    } while ((this.#program.triggers.canSettle() || this.#subject.host.outstanding > 0) && performance.now() < until);
    for (const { detail } of this.#subject.asked.values()) {
      this.#lost = true;
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
    this.#subject.checkErrors(this.#lost);
  }
}

/** Resolves in a random callback of the host, outside of the reactor's turns. */
function outside(random: Random): Promise<void> {
  return new Promise((resolve) => {
    const how = random.pick(['immediate', 'timer', 'microtask', 'tick']);
    if (how === 'immediate') setImmediate(resolve);
    else if (how === 'timer') setTimeout(resolve, random.below(3));
    else if (how === 'microtask') queueMicrotask(resolve);
    else process.nextTick(resolve);
  });
}
