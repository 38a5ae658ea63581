import type { FiringReport, ReactorBase, TriggerContext } from '@triphase/core';
import { deferred } from '../deferred.ts';
import type { PendingTrigger } from '../journal.ts';
import { codeOf } from '../thrown.ts';

/** The timeout errors of a report, as `event phase trigger`. Other errors are shown by their code. */
export function timeoutsIn({ errors }: FiringReport): string[] {
  return errors.map((error) =>
    'trigger' in error && 'age' in error ? `${String(error.event)} ${error.phase} ${error.trigger}` : codeOf(error),
  );
}

/** The context of the first call of the trigger. */
export function contextOf({ contexts }: PendingTrigger): TriggerContext {
  const [context] = contexts;
  if (context === undefined) throw new Error('the trigger has not been called');
  return context;
}

/** Resolves when the signal of the first call of the trigger aborts. */
export function signalAborted(trigger: PendingTrigger): Promise<void> {
  const { signal } = contextOf(trigger);
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

/** Resolves when a limit of `ms` has expired. Works on a reactor in any state. */
export async function limitExpires(reactor: ReactorBase, ms: number): Promise<void> {
  const event = Symbol('time passes');
  reactor.once(event, () => deferred().promise);
  await reactor.fire(event, undefined, { limits: { during: ms } });
}
