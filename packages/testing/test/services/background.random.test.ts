import { describe, expect, it } from '@jest/globals';
import {
  background,
  removeService,
  restartService,
  sleep,
  type BackgroundContext,
  type BackgroundOptions,
  type Service,
} from '@triphase/core';
import type { ManualReactor } from '@triphase/testing';
import fc from 'fast-check';
import { create } from './service-bench.ts';

/** What one call of a body does: it waits for `until`, then `ms`, and ends or fails. */
interface Call {
  readonly until: 'time' | 'told' | 'cut' | 'never';
  readonly ms: number;
  readonly fails: boolean;
  readonly readyAfter: number;
}

interface Worker {
  readonly needs: readonly number[];
  readonly calls: readonly Call[];
  readonly manualReady: boolean;
  readonly restart: boolean;
  readonly dependants: boolean;
  readonly onEnd: 'stop' | 'restart' | 'ignore';
  readonly onFailure: 'stop' | 'ignore';
}

type Action = 'restart' | 'remove' | 'crash' | 'stop' | 'escalate' | 'wait';

interface Program {
  readonly workers: readonly Worker[];
  readonly actions: readonly { readonly after: number; readonly what: Action; readonly on: number }[];
}

const time = fc.integer({ min: 0, max: 300 });
const call: fc.Arbitrary<Call> = fc.record({
  until: fc.constantFrom('time', 'told', 'told', 'told', 'cut', 'never'),
  ms: time,
  fails: fc.boolean(),
  readyAfter: time,
});
const worker: fc.Arbitrary<Worker> = fc.record({
  needs: fc.uniqueArray(fc.integer({ min: 0, max: 3 })),
  calls: fc.array(call, { minLength: 1, maxLength: 5 }),
  manualReady: fc.boolean(),
  restart: fc.boolean(),
  dependants: fc.boolean(),
  onEnd: fc.constantFrom('stop', 'restart', 'ignore'),
  onFailure: fc.constantFrom('stop', 'ignore'),
});
const program: fc.Arbitrary<Program> = fc.record({
  workers: fc.array(worker, { minLength: 1, maxLength: 4 }),
  actions: fc.array(
    fc.record({
      after: time,
      what: fc.constantFrom<Action>('restart', 'restart', 'remove', 'crash', 'stop', 'escalate', 'wait'),
      on: fc.integer({ min: 0, max: 3 }),
    }),
    { maxLength: 8 },
  ),
});

/** Runs a program. `faults` lists what must not have happened. */
class Life {
  readonly faults: string[] = [];
  readonly reactor: ManualReactor;
  readonly #errors: unknown[];
  readonly #services: Service[] = [];
  /** The pending calls of each worker. */
  readonly #calls: Set<BackgroundContext>[] = [];

  constructor(workers: readonly Worker[]) {
    const { reactor, errors } = create({
      limits: { startup: { during: 400 }, shutdown: { before: 200, during: 400, after: 200 } },
    });
    this.reactor = reactor;
    this.#errors = errors;
    workers.forEach((each, index) => {
      this.#calls.push(new Set());
      // It stops last: by then its worker must be over or cut.
      const base: Service = {
        name: `base ${String(index)}`,
        startup: { during: () => undefined },
        shutdown: {
          during: () => {
            for (const { cut } of this.#calls[index] ?? [])
              if (!cut.aborted) this.faults.push(`worker ${String(index)} outlives what it needs`);
          },
        },
      };
      reactor.use(base);
      const needs = each.needs.filter((need) => need < index).map((need) => this.#services[need] as Service);
      const restart = each.restart && { delay: 50, maxDelay: 200, giveUpAfter: 4, dependants: each.dependants };
      const { manualReady, onEnd, onFailure } = each;
      const options: BackgroundOptions = { needs: [base, ...needs], restart, manualReady, onEnd, onFailure };
      this.#services.push(reactor.use(background(`worker ${String(index)}`, this.#body(each, index), options)));
    });
  }

  #body({ calls }: Worker, index: number): (context: BackgroundContext) => Promise<void> {
    const active = this.#calls[index] as Set<BackgroundContext>;
    let count = 0;
    return async (context) => {
      const { until, ms, fails, readyAfter } = calls[count++ % calls.length] as Call;
      if (active.size > 0) this.faults.push(`worker ${String(index)} runs beside itself`);
      active.add(context);
      this.reactor.callLater(readyAfter, () => {
        context.ready();
      });
      try {
        if (until === 'never') await new Promise(() => undefined);
        if (until === 'cut') await aborted(context.cut);
        if (until === 'told') await context.stopped;
        await sleep(this.reactor, ms);
        if (fails) throw new Error(`worker ${String(index)} has failed`);
      } finally {
        active.delete(context);
      }
    };
  }

  async run(actions: Program['actions']): Promise<void> {
    const { reactor } = this;
    reactor.run().catch(() => undefined);
    for (const { after, what, on } of actions) {
      await reactor.advanceAsync(after);
      this.#do(what, this.#services[on % this.#services.length] as Service);
    }
    await reactor.advanceAsync(1_000);
    if (reactor.state === 'idle') return;
    await reactor.finish().catch(() => undefined);
    this.#check();
  }

  #do(what: Action, service: Service): void {
    const { reactor } = this;
    const { state } = reactor;
    if (state === 'stopped') return;
    if (what === 'restart') void restartService(reactor, service).catch(() => undefined);
    else if (what === 'remove') void removeService(reactor, service).catch(() => undefined);
    else if (state === 'idle') reactor.run().catch(() => undefined);
    else if (what === 'crash') reactor.crash();
    else if (what === 'stop') reactor.stop().catch(() => undefined);
    else if (what === 'escalate') reactor.escalate();
  }

  /** Called after the end of the run. */
  #check(): void {
    this.#calls.forEach((calls, index) => {
      for (const { cut } of calls)
        if (!cut.aborted) this.faults.push(`worker ${String(index)} is neither over nor cut`);
    });
    const waiting = this.reactor.getDelayedCalls().filter((each) => String(each).includes('restart of'));
    if (waiting.length > 0) this.faults.push('a restart is left');
    for (const error of this.#errors)
      if ((error as { code?: string }).code === 'ERR_TRIPHASE_INTERNAL') this.faults.push(String(error));
  }
}

function aborted(signal: BackgroundContext['cut']): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener('abort', () => {
        resolve();
      });
  });
}

describe('backgrounds of random programs', () => {
  it('C58, C59: a background never has two calls at once, is over or cut before its needs stop, and the run ends', async () => {
    await fc.assert(
      fc.asyncProperty(program, async ({ workers, actions }) => {
        const life = new Life(workers);
        await life.run(actions);
        expect(life.faults).toEqual([]);
      }),
      { numRuns: Number(process.env['RUNS'] ?? 100) },
    );
  }, 60_000);
});
