import { checkFunction } from './check-function.ts';
import { checkLength, describeGiven } from './check-milliseconds.ts';
import { InvalidPhaseError } from './errors.ts';
import { PHASES, type Limits, type Phase, type Phases } from './events.ts';
import { eventName } from './event-name.ts';

/**
 * Checks limits and copies them: each is read once, and later changes of the object have no effect. Limits of a runtime package that depend
 * on the time left (`boundTo`) are not copied: they are read when a phase has to wait.
 */
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
  return 'boundTo' in limits ? limits : taken;
}

export function checkPhase(phase: Phase): void {
  if (PHASES.includes(phase)) return;
  throw new InvalidPhaseError(`There is no phase "${eventName(phase)}": use "before", "during" or "after"`);
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
