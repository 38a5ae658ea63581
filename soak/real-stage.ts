import type { ReactorOptions } from '@triphase/core';
import { NodeReactor } from '@triphase/node-reactor';
import { setTimeout as wait } from 'node:timers/promises';
import { LIMITS } from '../packages/testing/test/services/model/plan.ts';
import type { Stage } from '../packages/testing/test/services/model/stage.ts';
import type { CountingHost } from '../packages/testing/src/conformance/counting-host.ts';
import type { Fault } from './planted-fault.ts';

/** In real time the times of a plan are shorter by this factor. */
export const FASTER = 8;
/** Limit for a program to come to rest: its own limits are a tenth of a second. Milliseconds. */
const PATIENCE_MS = 30_000;
/** How often it looks whether the program rests. Milliseconds. */
const POLL_MS = 2;
/** How long a busy machine may pause between two microtasks. Milliseconds. */
const MOMENT_MS = 100;

/** A real reactor in real time for programs of random services. Times are those of the plan, divided by {@link FASTER}. */
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
        await wait(0); // promises have been handled by then, and something may have happened since
      } while (!isOver() && performance.now() < until);
    },
  };
}

function shorter({ before, during, after }: Readonly<Record<'before' | 'during' | 'after', number>>) {
  return { before: before / FASTER, during: during / FASTER, after: after / FASTER };
}
