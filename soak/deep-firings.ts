/** Kind `reentrant`: two programs with very many firings, without end or deeply nested. */
import type { FiringReport, Phase } from '@triphase/core';
import { HookedReactor } from './hooked-reactor.ts';
import { PHASES } from './phases.ts';
import type { Random } from './random.ts';
import { settled } from './step.ts';

/** Maximum number of firings between two macrotasks: without macrotasks, a process doesn't receive signals. */
const MAX_AT_ONCE = 20_000;

/**
 * Fires a ring of events without end (C12, C20): a trigger of each event fires its own event again, and the next one. It is a violation if the host
 * gets no macrotask in between, or if the ring stops by itself. Returns the violations.
 */
export async function fireForever(random: Random): Promise<readonly string[]> {
  const reactor = new HookedReactor(() => undefined, {});
  const running = random.chance(0.5) ? reactor.run() : undefined;
  const size = 1 + random.below(3);
  const open: Set<Promise<FiringReport>> = new Set();
  let firings = 0;
  let isOver = false;
  const fire = (event: number): void => {
    const report = reactor.fire(event, undefined, { whenFiring: 'again' });
    open.add(report);
    void report.then(() => open.delete(report));
  };
  for (let event = 0; event < size; event++) {
    reactor.addSystemEventTrigger(
      random.pick(PHASES),
      event,
      () => {
        if (isOver || ++firings > MAX_AT_ONCE) return;
        fire(event);
        if (size > 1) fire((event + 1) % size);
      },
      { every: true },
    );
  }
  fire(0);
  const violations: string[] = [];
  for (let macrotasks = 0; macrotasks < 20; macrotasks++) {
    const before = firings;
    await settled();
    reactor.pass(1);
    if (firings > MAX_AT_ONCE) violations.push(`C20: ${String(firings)} firings, and no macrotask in between`);
    else if (firings === before && macrotasks > 2)
      violations.push(`C20: the ring stopped after ${String(firings)} firings`);
    if (violations.length > 0) break;
    firings = 0;
  }
  isOver = true;
  await settle(reactor);
  if (open.size > 0) violations.push(`C20: the reports of ${String(open.size)} firings have not settled`);
  if (running !== undefined) {
    void reactor.stop();
    await settle(reactor);
  }
  return violations;
}

/** Nests firings of different events (C12, C20), sometimes deeper than the stack allows. Returns the violations. */
export async function nestFirings(random: Random): Promise<readonly string[]> {
  const depth = random.pick([10, 700, 700, 3_000, 20_000]);
  const phase: Phase = random.pick(PHASES);
  const reported: unknown[] = [];
  const reactor = new HookedReactor(() => undefined, {
    timings: random.chance(0.3),
    onError: (error) => {
      reported.push(error);
    },
  });
  const reports: Promise<FiringReport>[] = [];
  let called = 0;
  for (let event = 0; event < depth; event++) {
    reactor.addSystemEventTrigger(
      phase,
      event,
      () => {
        called++;
        if (event + 1 < depth) reports.push(reactor.fire(event + 1));
      },
      { every: true },
    );
  }
  const violations: string[] = [];
  try {
    reports.push(reactor.fire(0));
  } catch (error) {
    violations.push(`C12: fire() threw ${String(error)}, ${String(depth)} deep`);
  }
  let left = reports.length;
  for (const report of reports) void report.then(() => left--);
  await settle(reactor);
  if (left > 0) violations.push(`C15: ${String(left)} of ${String(depth)} firings have not settled`);
  const firing = Array.from({ length: depth }, (_, event) => event).filter((event) => reactor.isFiring(event));
  if (firing.length > 0) violations.push(`C20: ${String(firing.length)} of ${String(depth)} events never end firing`);
  // Nesting deeper than the stack is a fault of the program, which must be reported.
  if (called < depth && reported.length === 0)
    violations.push(`C14: ${String(called)} of ${String(depth)} were called, and no error was reported`);
  return violations;
}

/** Lets some turns and macrotasks pass, in which everything must settle. */
async function settle(reactor: HookedReactor): Promise<void> {
  for (let hops = 0; hops < 4; hops++) {
    await settled();
    reactor.pass(1);
  }
}
