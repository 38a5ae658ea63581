import { messageOf } from '../ground/describe-thrown.ts';
import type { ErrorSource } from '../ground/error-source.ts';
import { TriggerFailedError, TriggerLoopError, TriggerTimeoutError } from '../ground/errors.ts';
import type { Phase } from '../ground/events.ts';
import type { PendingItem } from '../ground/observer.ts';
import { printable } from '../ground/printable.ts';
import { eventName } from '../ground/event-name.ts';
import { MAX_ADDED, type RegisteredTrigger } from './trigger.ts';

/** Where an error of the trigger comes from, for `onError` (C48). */
export function sourceOf({ event, name, phase, kind, options }: RegisteredTrigger): ErrorSource {
  const { registeredAt } = options;
  return { kind, name, event, phase, ...(registeredAt !== undefined && { registeredAt }) };
}

/** A pending trigger, for `pending()` and reports (C47). `age` in milliseconds. */
export function pendingItemOf(trigger: RegisteredTrigger, age: number): PendingItem {
  const { event, name, phase, kind } = trigger;
  const status = trigger.status();
  return { kind, name, event, phase, age, ...(status !== undefined && { status }) };
}

export function failedError(trigger: RegisteredTrigger, cause: unknown): TriggerFailedError {
  const { event, phase, name } = trigger;
  return new TriggerFailedError(`${titleOf(trigger)} failed: ${messageOf(cause)}`, event, phase, name, cause);
}

export function timeoutError(trigger: RegisteredTrigger, age: number): TriggerTimeoutError {
  const { event, phase, name, remedy } = trigger;
  return new TriggerTimeoutError(
    `${titleOf(trigger)} timed out after ${age.toFixed(0)} ms: ${remedy}, or raise its limit`,
    event,
    phase,
    name,
    age,
  );
}

/** Too many triggers were added to a phase while it was open (C18). `name`: the name of the phase. */
export function loopError(name: string): TriggerLoopError {
  return new TriggerLoopError(
    `${name} was cut short after ${String(MAX_ADDED)} triggers were added to it while it was open: register one trigger with { every: true }, or repeat the work with the reactor's clock`,
  );
}

export function phaseName(event: unknown, phase: Phase): string {
  return `${eventName(event)}.${phase}`;
}

/** The name of a trigger in messages. */
function titleOf({ event, name, phase, kind }: RegisteredTrigger): string {
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)} "${printable(name)}" (${eventName(event)}, ${phase})`;
}
