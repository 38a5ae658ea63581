/** Kind `life`: the steps with queued and timed calls, loops, tasks and sleeps. */
import { cooperate, every, ReactorStoppedError, sleep, type DelayedCall } from '@triphase/core';
import { named, settled, type Step } from './step.ts';
import type { Random } from './random.ts';
import type { Subject } from './subject.ts';

export class CallSteps {
  readonly #subject: Subject;
  readonly #step: Step;
  readonly #timed: { readonly name: string; readonly handle: DelayedCall }[] = [];

  constructor(subject: Subject, step: Step) {
    this.#subject = subject;
    this.#step = step;
  }

  /** Queues a call. */
  soon(random: Random, depth: number): void {
    const name = this.#subject.name('soon');
    const body = random.fork();
    this.#subject.calls.queued(name);
    this.#subject.reactor.callSoon(
      named(name, () => {
        this.#subject.calls.ran(name);
        return this.#callback(body, depth);
      }),
    );
  }

  /** Adds a timed call. */
  later(random: Random, depth: number): void {
    const { reactor } = this.#subject;
    const name = this.#subject.name('later');
    const body = random.fork();
    const ms = random.pick([0, 0, 1, random.below(12), random.below(1_200) / 100, 1_000_000, Infinity]);
    const dropped: Set<string> = new Set();
    const onDrop = (error: ReactorStoppedError): void => {
      dropped.add(name);
      this.#subject.calls.forget(name);
      this.#subject.journal.check(reactor.state === 'stopped', 'C30', () => `${name} was dropped: ${error.message}`);
    };
    const run = (): unknown => {
      this.#subject.calls.ranTimed(name, reactor.now());
      return this.#callback(body, depth);
    };
    const handle = reactor.callLater(ms, run, { name, ...(random.chance(0.3) && { onDrop }) });
    if (dropped.has(name)) return;
    this.#subject.calls.set(name, handle);
    this.#timed.push({ name, handle });
  }

  /** The body of a queued or timed call: does a few steps. Then it may throw, or return a promise that rejects. */
  #callback(random: Random, depth: number): unknown {
    for (let left = random.below(3); left > 0; left--) this.#step(random.fork(), depth + 1);
    if (!random.chance(0.1)) return undefined;
    const error = this.#subject.error(random);
    this.#subject.thrown.push(error);
    if (random.chance(0.5)) throw error;
    return Promise.resolve().then(() => {
      throw error;
    });
  }

  /** Cancels or moves a timed call. */
  change(random: Random): void {
    const index = random.below(Math.max(1, this.#timed.length));
    const [call] = this.#timed.splice(index, 1);
    if (!call?.handle.active) return;
    const { name, handle } = call;
    const how = random.pick(['cancel', 'dispose', 'reset', 'delay']);
    if (how === 'cancel') handle.cancel();
    else if (how === 'dispose') handle[Symbol.dispose]();
    else if (how === 'reset') handle.reset(random.below(10));
    else handle.delay(random.below(20) - 10);
    this.#subject.calls.forget(name);
    if (!handle.active) return;
    this.#subject.calls.set(name, handle);
    this.#timed.push(call);
  }

  /** Starts a looping call. */
  loop(random: Random, depth: number): void {
    const ms = random.pick([0, 1, 2.5, 4]);
    const body = random.fork();
    const name = this.#subject.name('every');
    let last: number | undefined;
    let pends = false;
    const loop = every(
      this.#subject.reactor,
      ms,
      ({ time, missed }) => {
        this.#subject.journal.check(!pends, 'C44', () => `${name} ran while a run of it was pending`);
        const expected = last === undefined ? time : last + (missed + 1) * ms;
        this.#subject.journal.check(
          ms === 0 || Math.abs(time - expected) < 1e-3,
          'C44',
          () => `${name} ran for ${String(time)}, ${String(missed)} missed since ${String(last)}`,
        );
        last = time;
        const random = body.fork();
        if (random.chance(0.2)) this.#step(random.fork(), depth + 1);
        if (random.chance(0.1)) {
          const error = this.#subject.error(random);
          this.#subject.thrown.push(error);
          throw error;
        }
        if (!random.chance(0.3)) return undefined;
        pends = true;
        const over = this.#subject.firings.loopRunBegins(name);
        return settled().then(() => {
          pends = false;
          void settled().then(() => {
            // If a stop has begun, its report may still count this run of the loop.
            if (!['stopping', 'stopped'].includes(this.#subject.reactor.state)) over();
          });
        });
      },
      { name, now: random.chance(0.5) },
    );
    this.#subject.loops.push(loop);
    this.#subject.unsettled++;
    void loop.whenDone().then(() => {
      this.#subject.unsettled--;
    });
    if (random.chance(0.5))
      this.#subject.reactor.callLater(random.below(15), () => (loop.active ? loop.stop() : undefined));
  }

  /** Starts a cooperative task. */
  task(random: Random): void {
    const steps = random.below(40);
    let done = 0;
    function* work(): Generator {
      for (; done < steps; done++) yield random.chance(0.1) ? Promise.resolve() : undefined;
    }
    if (this.#subject.reactor.state === 'stopped') return;
    const task = cooperate(this.#subject.reactor, work());
    this.#subject.unsettled++;
    task.whenDone().then(
      (how) => {
        this.#subject.unsettled--;
        this.#subject.journal.check(
          how !== 'finished' || done === steps,
          'C45',
          () => `a task has finished ${String(done)} steps`,
        );
      },
      (error: unknown) => {
        this.#subject.unsettled--;
        this.#subject.journal.check(
          error instanceof ReactorStoppedError,
          'C45',
          () => `a task failed: ${String(error)}`,
        );
      },
    );
    if (random.chance(0.2)) task[Symbol.dispose]();
  }

  /** Sleeps. */
  sleep(random: Random): void {
    const { reactor } = this.#subject;
    const ms = random.pick([0, 1, random.below(20), 1_000_000]);
    const since = reactor.now();
    const { signal } = reactor;
    const withSignal = random.chance(0.5);
    this.#subject.unsettled++;
    sleep(reactor, ms, withSignal ? { signal } : {}).then(
      () => {
        this.#subject.unsettled--;
        const slept = reactor.now() - since;
        this.#subject.journal.check(
          slept >= ms,
          'C39, C44',
          () => `slept ${String(slept)} ms instead of ${String(ms)}`,
        );
      },
      (error: unknown) => {
        this.#subject.unsettled--;
        const isMeant = error instanceof ReactorStoppedError || (withSignal && error === signal.reason);
        this.#subject.journal.check(isMeant, 'C44', () => `a sleep was rejected with ${String(error)}`);
      },
    );
  }
}
