import { checkFunction } from './check-function.ts';
import { checkKeys, didYouMean } from './check-keys.ts';
import { checkOptionalMs, describeGiven } from './check-milliseconds.ts';
import { checkNested } from './check-nested.ts';
import { InvalidPhaseError } from './errors.ts';
import { PHASES, type Limits, type Phase, type Phases } from './events.ts';
import { eventName } from './event-name.ts';

const LIMITS = ['deadline', ...PHASES] as const;

/**
 * Checks limits and copies them: each is read once, and later changes of the object have no effect. Limits of a runtime package that depend
 * on the time left (`boundTo`) are not copied: they are read when a phase has to wait. `what` names them in messages.
 */
export function takeLimits(limits: Limits | undefined, what: string): Limits | undefined {
  if (limits === undefined) return undefined;
  if (typeof limits !== 'object' || (limits as Limits | null) === null)
    throw new TypeError(`The limits are ${describeGiven(limits)}: give an object, such as { deadline: 10_000 }`);
  const canBeBound = 'boundTo' in limits;
  if (!canBeBound) checkKeys(limits, LIMITS, what);
  const taken: { -readonly [K in keyof Limits]: Limits[K] } = {};
  for (const name of LIMITS) {
    const limit = limits[name];
    checkOptionalMs(limit, `The limit "${name}"`);
    if (limit !== undefined) taken[name] = limit;
  }
  return canBeBound ? limits : taken;
}

/** As `takeLimits`. Also throws `RangeError` if the limit of a phase is longer than the deadline, and the program wrote both (C66). */
export function takeNestedLimits(limits: Limits | undefined, what: string): Limits | undefined {
  const taken = takeLimits(limits, what);
  const written = writtenLimits(taken);
  for (const phase of PHASES) checkNested(written?.[phase], `The limit "${phase}"`, written?.deadline, 'the deadline');
  return taken;
}

/** The limits that the program wrote, without the defaults of a runtime package. */
export function writtenLimits(limits: Limits | undefined): Limits | undefined {
  return limits !== undefined && 'boundTo' in limits ? (limits as { readonly written?: Limits }).written : limits; // as: see UnboundLimits
}

export function checkPhase(phase: Phase): void {
  if (PHASES.includes(phase)) return;
  const nearest = typeof phase === 'string' ? didYouMean(phase, PHASES) : undefined;
  throw new InvalidPhaseError(
    `There is no phase "${eventName(phase)}": ${nearest ?? 'use "before", "during" or "after"'}`,
  );
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
