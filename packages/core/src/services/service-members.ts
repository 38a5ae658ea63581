import { nearestOf } from '../ground/check-keys.ts';
import { describeGiven } from '../ground/check-milliseconds.ts';
import { checkType } from '../ground/check-type.ts';
import { printable } from '../ground/printable.ts';
import type { Service } from './service.ts';

/** What a reactor reads of a service. All other members are the program's own. */
const KNOWN: readonly string[] = [
  'name',
  'needs',
  'startup',
  'shutdown',
  'leadTime',
  'timeout',
  'foundation',
  'attach',
  'status',
  'health',
  'affectsReadiness',
];

/** The names that people guess. Each pattern stands before what to write instead (C65). */
const GUESSED: readonly (readonly [RegExp, string])[] = [
  [/^(start|open|init|onStart|onModuleInit|onApplicationBootstrap)$/, 'startup: { during: () => … }'],
  [/^(stop|close|destroy|onStop|onModule.*|onApplication.*)$/, 'shutdown: { during: () => … }'],
  [/^dependsOn$/, 'needs: [database]'],
];

/** How many prototypes of a service are looked at: those of a proxy may have no end. */
const MAX_PROTOTYPES = 100;

/**
 * Throws `TypeError` if a member of a service, its own or inherited, is one edit away from one that the reactor knows (C65). A name that
 * begins with `_` is the program's own. The values of the members aren't read.
 *
 * Returns the error to throw if the service turns out to have neither `startup` nor `shutdown`.
 */
export function checkMembers(service: Service): TypeError | undefined {
  let guess: TypeError | undefined;
  let owner: object | null = service;
  for (let i = 0; i < MAX_PROTOTYPES && owner !== null && owner !== Object.prototype; i++) {
    for (const member of Object.getOwnPropertyNames(owner)) {
      if (KNOWN.includes(member)) continue;
      const nearest = nearestOf(member, KNOWN, 1);
      if (nearest !== undefined && !member.startsWith('_'))
        throw mistake(service, member, `did you mean "${nearest}"? A member of your own needs another name`);
      const instead = GUESSED.find(([pattern]) => pattern.test(member))?.[1];
      if (instead !== undefined) guess ??= mistake(service, member, `write ${instead}`);
    }
    owner = Object.getPrototypeOf(owner) as object | null; // as: the library says any
  }
  return guess;
}

function mistake({ name }: Service, member: string, remedy: string): TypeError {
  return new TypeError(`Service "${printable(name)}" has "${printable(member)}", which no reactor calls: ${remedy}`);
}

/** Throws `TypeError` unless it is a name of a service. `example`: a right call, for the message. */
export function checkName(name: unknown, example?: string): void {
  if (typeof name === 'string' && name !== '') return;
  const asIn = example === undefined ? '' : `, as in ${example}`;
  throw new TypeError(`The name of a service is ${describeGiven(name)}: give a string that isn't empty${asIn}`);
}

/**
 * Throws `TypeError` unless a member is left out, or of that type. The text of the error is only made when there is one: a program may have
 * very many services (benchmark: P10).
 */
export function checkMember(given: unknown, type: 'boolean' | 'function', member: string, name: string): void {
  if (given !== undefined && typeof given !== type)
    checkType(given, type, `The ${member} of service "${printable(name)}"`);
}

/** Reads and checks the members of C61. */
export function takeHealth(
  { health, affectsReadiness }: Pick<Service, 'health' | 'affectsReadiness'>,
  name: string,
): Pick<Service, 'health' | 'affectsReadiness'> {
  checkMember(health, 'function', 'health', name);
  checkMember(affectsReadiness, 'boolean', 'affectsReadiness', name);
  return { ...(health && { health }), ...(affectsReadiness !== undefined && { affectsReadiness }) };
}

/** The name of what was given as a service; `undefined` as text if it has none. */
export function nameIn(service: Service | null | undefined): string {
  return String(service?.name);
}
