import type { ReactorOptions } from '@triphase/core';
import { NodeReactor } from '@triphase/node-reactor';
import { setTimeout as wait } from 'node:timers/promises';
import { LIMITS } from '../packages/testing/test/services/model/plan.ts';
import type { Stage } from '../packages/testing/test/services/model/stage.ts';
import type { CountingHost } from '../packages/testing/src/conformance/counting-host.ts';
import type { Fault } from './planted-fault.ts';

/** By this the times of a plan are shorter in real time. */
export const FASTER = 8;
/** A program that does not come to rest by then never does: its limits are a tenth of a second. Milliseconds. */
const PATIENCE_MS = 30_000;
/** Between two questions whether it rests. Milliseconds. */
const POLL_MS = 2;
/** A machine that is busy may stand still for so long between two microtasks. Milliseconds. */
const MOMENT_MS = 100;

/** A real reactor for the programs of random services, in real time: `ms` are those of a plan, and pass {@link FASTER}. */
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
        await wait(0); // what has settled is heard by then, and something may have happened since
      } while (!isOver() && performance.now() < until);
    },
  };
}

function shorter({ before, during, after }: Readonly<Record<'before' | 'during' | 'after', number>>) {
  return { before: before / FASTER, during: during / FASTER, after: after / FASTER };
}
