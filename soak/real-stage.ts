/** Kind `services`: runs the programs of the test of services in real time. */
import type { ReactorOptions } from '@triphase/core';
import { NodeReactor } from '@triphase/node-reactor';
import { setTimeout as wait } from 'node:timers/promises';
import { LIMITS } from '../packages/testing/test/services/model/plan.ts';
import type { Stage } from '../packages/testing/test/services/model/stage.ts';
import type { CountingHost } from '../packages/testing/src/conformance/counting-host.ts';
import type { Fault } from './planted-fault.ts';

/** The plans are made for virtual time. In real time, all of their times are divided by this factor. */
export const FASTER = 8;
/** A program that takes longer to settle hangs: its own limits are a tenth of a second. Milliseconds. */
const PATIENCE_MS = 30_000;
/** How often `settle` checks whether the program has settled. Milliseconds. */
const POLL_MS = 2;
/** How long a busy machine may interrupt a program between two microtasks. Milliseconds. */
const MOMENT_MS = 100;

/** A `NodeReactor` for a program of random services. Its times are those of the plan, divided by {@link FASTER}. */
export function realStage(host: CountingHost, options: ReactorOptions, fault?: Fault): Stage {
  const { startup, shutdown } = LIMITS;
  const reactor = new NodeReactor({
    ...options,
    signals: false,
    host: host.record,
    limits: { startup: shorter(startup), shutdown: { ...shorter(shutdown), deadline: shutdown.deadline / FASTER } },
  });
  fault?.(reactor);
  return {
    reactor,
    isReal: true,
    longestStop: PATIENCE_MS,
    moment: MOMENT_MS,
    pass: (ms) => wait(ms / FASTER),
    settle: async (_ms, isOver) => {
      const until = performance.now() + PATIENCE_MS;
      do {
        while (!isOver() && performance.now() < until) await wait(POLL_MS);
        await wait(0); // the callbacks of settled promises run, and may start something new
      } while (!isOver() && performance.now() < until);
    },
  };
}

function shorter({ before, during, after }: Readonly<Record<'before' | 'during' | 'after', number>>) {
  return { before: before / FASTER, during: during / FASTER, after: after / FASTER };
}
