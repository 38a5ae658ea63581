import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inFlight, type StopReason, type TriggerContext } from '@triphase/core';
import { HandTurnedReactor, settled } from '../hand-turned-reactor.ts';

/** A step of a program that uses a gate. */
type Step = 'run' | 'end' | 'fail' | 'close for a restart' | 'open' | 'stop' | 'pass the time';

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant<Step>('run') },
    { weight: 4, arbitrary: fc.constantFrom<Step>('end', 'fail') },
    { weight: 1, arbitrary: fc.constantFrom<Step>('close for a restart', 'open', 'stop', 'pass the time') },
  ),
  { maxLength: 40 },
);

const DRAIN_MS = 100;

/** The simplest form of a gate: two lists, and the outcome of each piece of work. */
class Model {
  readonly outcomes: Record<number, string> = {};
  running: number[] = [];
  waiting: number[] = [];
  state: 'idle' | 'open' | 'closed' = 'open';
  readonly #concurrency: number;
  readonly #maxWaiting: number;

  constructor(concurrency: number, maxWaiting: number) {
    this.#concurrency = concurrency;
    this.#maxWaiting = maxWaiting;
  }

  add(id: number): void {
    const hasSlot = this.state === 'open' && this.waiting.length === 0 && this.running.length < this.#concurrency;
    if (this.state === 'closed') this.outcomes[id] = 'ReactorStoppingError';
    else if (hasSlot) this.running.push(id);
    else if (this.waiting.length >= this.#maxWaiting) this.outcomes[id] = 'GateFullError';
    else this.waiting.push(id);
  }

  end(id: number, outcome: string): void {
    this.outcomes[id] = outcome;
    this.running = this.running.filter((each) => each !== id);
    this.fill();
  }

  fill(): void {
    while (this.state === 'open' && this.running.length < this.#concurrency && this.waiting.length > 0)
      this.running.push(this.waiting.shift()!);
  }

  stop(): void {
    this.state = 'closed';
    for (const id of this.waiting.splice(0)) this.outcomes[id] = 'ReactorStoppingError';
  }

  /** The drain has timed out: work that can be given back is given back, the rest goes on. */
  timeOut(): void {
    for (const id of this.running) if (canBeGivenBack(id)) this.outcomes[id] = 'given back';
    this.running = this.running.filter((id) => !canBeGivenBack(id));
  }
}

function canBeGivenBack(id: number): boolean {
  return id % 2 === 0;
}

it('C62: a gate runs, queues and ends work as a plain model does, through restarts and a stop', async () => {
  const count = fc.integer({ min: 1, max: 4 });
  await fc.assert(
    fc.asyncProperty(steps, count, fc.constantFrom(0, 2, Infinity), async (program, concurrency, maxWaiting) => {
      const reactor = new HandTurnedReactor({
        onError: (error) => {
          throw error;
        },
      });
      const gate = reactor.use(inFlight('jobs', { concurrency, maxWaiting, drainTimeout: DRAIN_MS }));
      const model = new Model(concurrency, maxWaiting);
      const outcomes: Record<number, string> = {};
      const started: number[] = [];
      const ends: Record<number, { resolve(): void; reject(error: Error): void }> = {};
      let drainSince: number | undefined;
      let drained: Promise<unknown> = Promise.resolve();
      let time = 0;
      let last = 0;
      const ended = reactor.run();
      reactor.pump();
      for (const step of program) {
        const oldest = model.running[0];
        if (step === 'run') {
          const id = ++last;
          model.add(id);
          const work = (): Promise<void> => {
            started.push(id);
            return new Promise((resolve, reject) => (ends[id] = { resolve, reject }));
          };
          const result = gate.run(work, canBeGivenBack(id) ? { onAbandoned: () => (outcomes[id] = 'given back') } : {});
          result.then(
            () => (outcomes[id] ??= 'done'),
            (error: unknown) => (outcomes[id] ??= (error as Error).name),
          );
        } else if (step === 'end' && oldest !== undefined) {
          ends[oldest]!.resolve();
          model.end(oldest, 'done');
        } else if (step === 'fail' && oldest !== undefined) {
          ends[oldest]!.reject(new TypeError('no'));
          model.end(oldest, 'TypeError');
        } else if (step === 'close for a restart' && model.state === 'open') {
          model.state = 'idle';
          drained = Promise.resolve(gate.shutdown?.during?.(restarting()));
          drainSince = model.running.length > 0 ? time : undefined;
        } else if (step === 'open' && model.state === 'idle' && model.running.length === 0) {
          await drained; // a restart starts the gate after its stop is over
          gate.startup?.during?.(undefined as never); // as: the gate does not read it
          model.state = 'open';
          model.fill();
        } else if (step === 'stop' && model.state !== 'closed') {
          const isDraining = model.state === 'idle' && drainSince !== undefined;
          void reactor.stop();
          reactor.pump();
          model.stop();
          if (!isDraining) drainSince = model.running.length > 0 ? time : undefined;
        } else if (step === 'pass the time') {
          time += DRAIN_MS;
          reactor.advance(DRAIN_MS);
          if (drainSince !== undefined && model.running.length > 0 && time - drainSince === DRAIN_MS) model.timeOut();
        }
        if (model.running.length === 0) drainSince = undefined;
        await settled();
        expect([gate.status?.(), outcomes]).toEqual([
          `${String(model.running.length)} running, ${String(model.waiting.length)} waiting`,
          model.outcomes,
        ]);
        expect(started).toEqual([...started].sort((a, b) => a - b)); // first come, first served
      }
      if (model.state !== 'closed') void reactor.stop();
      for (let i = 0; i <= last; i++) {
        for (const { resolve } of Object.values(ends)) resolve(); // those that get a slot meanwhile too
        await settled();
        reactor.pump();
      }
      await ended;
    }),
    { numRuns: 300 },
  );
});

/** The context of a stop that is a part of a restart, without limits. */
function restarting(): TriggerContext<StopReason> {
  return {
    event: 'shutdown',
    phase: 'during',
    name: 'jobs',
    detail: { kind: 'restart' },
    signal: new AbortController().signal,
    terminal: false,
    remaining: () => Infinity,
  };
}
