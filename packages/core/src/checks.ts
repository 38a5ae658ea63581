import { checkMilliseconds, describeGiven } from './check-milliseconds.ts';
import { InvalidPhaseError } from './errors.ts';
import { PHASES, type Limits, type Phase, type Phases } from './events.ts';
import type { AbortSignalLike } from './host.ts';
import { eventName } from './printable.ts';

/** Checks a length of time in milliseconds; `undefined` is allowed. */
export function checkLength(ms: number | undefined, what: string): void {
  if (ms !== undefined) checkMilliseconds(ms, `${what} is`);
}

/** Checks limits and copies them: each is read once, and a later change of the object changes nothing. */
export function takeLimits(limits: Limits | undefined): Limits | undefined {
  if (limits === undefined) return undefined;
  if (typeof limits !== 'object' || (limits as Limits | null) === null)
    throw new TypeError(`The limits are ${describeGiven(limits)}: give an object, such as { deadline: 10_000 }`);
  const taken: { -readonly [K in keyof Limits]: Limits[K] } = {};
  for (const name of ['deadline', ...PHASES] as const) {
    const limit = limits[name];
    checkLength(limit, `The limit "${name}"`);
    if (limit !== undefined) taken[name] = limit;
  }
  return taken;
}

export function checkPhase(phase: Phase): void {
  if (PHASES.includes(phase)) return;
  throw new InvalidPhaseError(`There is no phase "${eventName(phase)}": use "before", "during" or "after"`);
}

export function checkFunction(fn: unknown, what: string): void {
  if (typeof fn !== 'function') throw new TypeError(`${what} is ${fn === null ? 'null' : typeof fn}: pass a function`);
}

export function checkSignal(signal: AbortSignalLike | undefined, what: string): void {
  if (signal === undefined) return;
  const given: unknown = signal;
  const { addEventListener, removeEventListener } = (given ?? {}) as Partial<AbortSignalLike>; // as: callers without types pass anything
  if (typeof addEventListener === 'function' && typeof removeEventListener === 'function') return;
  throw new TypeError(`${what} is ${describeGiven(given)}: pass the signal of an AbortController`);
}

/** Checks an object of phases and copies it: each is read once. `what` names the owner; it is called for errors only (benchmark: P10). */
export function takePhases<D, S>(phases: Phases<D> | null, what: (subject: S) => string, subject: S): Phases<D> {
  if (typeof phases !== 'object' || phases === null) {
    throw new TypeError(`${what(subject)} is no function: pass one, or an object with before, during or after`);
  }
  for (const key in phases) if (Object.hasOwn(phases, key)) checkPhase(key as Phase); // as: this is the check
  const { before, during, after } = phases;
  const taken = { before, during, after } as Phases<D>; // as: a phase without a trigger is undefined
  for (const phase of PHASES) {
    const trigger: unknown = taken[phase];
    if (trigger !== undefined && typeof trigger !== 'function') checkFunction(trigger, `${what(subject)}, ${phase},`);
  }
  return taken;
}
