import type { TriggerContext } from '../ground/events.ts';

/** The argument of the `open` function of a resource. */
export interface OpenContext extends TriggerContext<undefined> {
  /**
   * Reports that what was opened has died (C72): `value` throws, and the options `restart` and `onFailure` say what happens. Only the first
   * call counts, and none does once the resource is being closed.
   */
  lost(error: unknown): void;
}

/**
 * Each attempt has a context of its own: a callback that is left from an earlier attempt must not report the connection of a later one as
 * lost.
 */
export function openContext(context: TriggerContext<undefined>, lost: (error: unknown) => void): OpenContext {
  return Object.assign(withDetail(context, undefined), { lost });
}

/** The context of a start, with another detail. */
export function withDetail<T>(context: TriggerContext<undefined>, detail: T): TriggerContext<T> {
  const { event, phase, name, terminal, signal } = context;
  return { event, phase, name, detail, terminal, signal, remaining: () => context.remaining() };
}
