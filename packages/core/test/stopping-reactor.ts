import { type RunResult, type PendingItem } from '@triphase/core';
import { HandTurnedReactor } from './hand-turned-reactor.ts';

/** Runs a reactor and begins to stop it: afterwards it is in `before shutdown`, or has stopped. Returns the promise of the run. */
export function stopping(reactor: HandTurnedReactor): Promise<RunResult> {
  const ended = reactor.run();
  reactor.pump();
  void reactor.stop();
  reactor.pump();
  return ended;
}

/** The pending work, such as `work save (before)`. */
export function held(reactor: HandTurnedReactor): string[] {
  return reactor.pending().map(({ kind, name, phase }: PendingItem) => `${kind} ${name} (${String(phase)})`);
}
