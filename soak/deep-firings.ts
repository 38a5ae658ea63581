import type { FiringReport, Phase } from '@triphase/core';
import { HookedReactor } from './hooked-reactor.ts';
import type { Random } from './random.ts';
import { settled } from './step.ts';

/** Maximum number of firings between two macrotasks: a process that makes more of them hears no signal. */
const MAX_AT_ONCE = 20_000;
const PHASES = ['before', 'during', 'after'] as const;

/**
 * A ring of events. A trigger of each fires the next event, and its own again, without end (C20, C12). It is a violation if the host gets no
 * macrotask in between, or if the ring stops by itself.
 */
export async function askForever(random: Random): Promise<readonly string[]> {
  const reactor = new HookedReactor(() => undefined, {});
  const running = random.chance(0.5) ? reactor.run() : undefined;
  const size = 1 + random.below(3);
  const open: Set<Promise<FiringReport>> = new Set();
  let firings = 0;
  let isOver = false;
  const ask = (event: number): void => {
    const asked = reactor.fire(event, undefined, { whenFiring: 'again' });
    open.add(asked);
    void asked.then(() => open.delete(asked));
  };
  for (let event = 0; event < size; event++) {
    reactor.addSystemEventTrigger(
      random.pick(PHASES),
      event,
      () => {
        if (isOver || ++firings > MAX_AT_ONCE) return;
        ask(event);
        if (size > 1) ask((event + 1) % size);
      },
      { every: true },
    );
  }
  ask(0);
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
  await rest(reactor);
  if (open.size > 0) violations.push(`C20: ${String(open.size)} firings that were asked for have not settled`);
  if (running !== undefined) {
    void reactor.stop();
    await rest(reactor);
  }
  return violations;
}

/** Nested firings, each of another event (C12, C20), some nested deeper than the stack allows. */
export async function nestFirings(random: Random): Promise<readonly string[]> {
  const depth = random.pick([10, 700, 700, 3_000, 20_000]);
  const phase: Phase = random.pick(PHASES);
  const heard: unknown[] = [];
  const reactor = new HookedReactor(() => undefined, {
    timings: random.chance(0.3),
    onError: (error) => {
      heard.push(error);
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
  await rest(reactor);
  if (left > 0) violations.push(`C15: ${String(left)} of ${String(depth)} firings have not settled`);
  const firing = Array.from({ length: depth }, (_, event) => event).filter((event) => reactor.isFiring(event));
  if (firing.length > 0) violations.push(`C20: ${String(firing.length)} of ${String(depth)} events never end firing`);
  // Nesting deeper than the stack is a fault of the program, which must be reported.
  if (called < depth && heard.length === 0)
    violations.push(`C14: ${String(called)} of ${String(depth)} were called, and no error was reported`);
  return violations;
}

async function rest(reactor: HookedReactor): Promise<void> {
  for (let hops = 0; hops < 4; hops++) {
    await settled();
    reactor.pass(1);
  }
}
