import type { Environment } from './environment.ts';
import type { ErrorSource } from './error-source.ts';
import { eventName } from './event-name.ts';
import type { Phase } from './events.ts';
import type { ObservedStep, TriggerOutcome, Waiting } from './observer.ts';
import { printable } from './printable.ts';
import { statusOf } from './services.ts';
import type { PendingTrigger } from './trigger-call.ts';
import type { RegisteredTrigger } from './trigger.ts';

// What is said of a firing: to its observer (C46), in messages, to onError (C48), and in lists of what waits (C47).

export function tellFiring(env: Environment, step: ObservedStep, event: unknown, time?: number): void {
  if (env.observer?.firing) env.notify('firing', step, { event, time: time ?? env.now() });
}

export function tellPhase(env: Environment, step: ObservedStep, event: unknown, phase: Phase): void {
  if (env.observer?.phase) env.notify('phase', step, { event, time: env.now(), phase });
}

export function tellTrigger(
  env: Environment,
  step: ObservedStep,
  { event, phase, name }: RegisteredTrigger,
  outcome?: TriggerOutcome,
  error?: unknown,
): void {
  env.notify('trigger', step, {
    event,
    time: env.now(),
    phase,
    name,
    ...(outcome !== undefined && { outcome }),
    ...(error !== undefined && { error }),
  });
}

/** How messages name a trigger. */
export function titleOf({ event, name, phase, kind }: RegisteredTrigger): string {
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)} "${printable(name)}" (${eventName(event)}, ${phase})`;
}

export function sourceOf({ event, name, phase, kind, options }: RegisteredTrigger): ErrorSource {
  const { registeredAt } = options;
  return {
    kind,
    name,
    event,
    phase,
    ...(registeredAt !== undefined && { registeredAt }),
  };
}

export function describePending({ trigger }: PendingTrigger, age: number): Waiting {
  const { event, name, phase, service, kind } = trigger;
  const status = service && statusOf(service);
  return {
    kind,
    name,
    event,
    phase,
    age,
    ...(status !== undefined && { status }),
  };
}
