import type { ReactorOptions } from '@triphase/core';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';

/** A reactor whose errors fail the test, unless `onError` is given. */
export function strictReactor(options: ReactorOptions = {}): HandTurnedReactor {
  return new HandTurnedReactor({
    onError: (error) => {
      throw error;
    },
    ...options,
  });
}

/** Runs a reactor, and stops it. */
export async function runAndStop(reactor: HandTurnedReactor): Promise<void> {
  const ended = reactor.run();
  await settled();
  reactor.pump();
  void reactor.stop();
  reactor.pump();
  await settled();
  reactor.pump();
  await ended;
}
