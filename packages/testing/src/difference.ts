import { describeValue } from './describe-value.ts';

/**
 * The first place where two values differ in structure, as a sentence, or `undefined` where they are equal.
 * A property that is `undefined` equals one that is missing, as in jest, so that one test passes under both.
 */
export function difference(actual: unknown, expected: unknown): string | undefined {
  return differ(actual, expected, '', []);
}

type Pair = readonly [unknown, unknown];

function differ(actual: unknown, expected: unknown, path: string, above: readonly Pair[]): string | undefined {
  if (Object.is(actual, expected)) return undefined;
  const unequal = `${path || 'the value'} is ${describeValue(actual)}, not ${describeValue(expected)}`;
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null)
    return unequal;
  if (tagOf(actual) !== tagOf(expected)) return unequal;
  // This pair is being compared already, so the values contain themselves: only the rest of their parts decides.
  if (above.some(([a, b]) => a === actual && b === expected)) return undefined;
  const inside = [...above, [actual, expected] as const];
  if (actual instanceof Error && expected instanceof Error) {
    return actual.name === expected.name && actual.message === expected.message ? undefined : unequal;
  }
  if (actual instanceof Date && expected instanceof Date) {
    return Object.is(actual.getTime(), expected.getTime()) ? undefined : unequal;
  }
  if (actual instanceof RegExp && expected instanceof RegExp)
    return String(actual) === String(expected) ? undefined : unequal;
  if (actual instanceof Map && expected instanceof Map) return differInMap(actual, expected, path, inside);
  if (actual instanceof Set && expected instanceof Set) {
    const missing = [...expected].filter((item) => !hasEqual(actual, item));
    if (missing.length > 0) return `${path || 'the set'} lacks ${describeValue(missing[0])}`;
    return actual.size === expected.size ? undefined : unequal;
  }
  return differInProperties(actual, expected, path, inside);
}

function differInMap(
  actual: ReadonlyMap<unknown, unknown>,
  expected: ReadonlyMap<unknown, unknown>,
  path: string,
  above: readonly Pair[],
): string | undefined {
  for (const key of new Set([...actual.keys(), ...expected.keys()])) {
    const place = `${path}.get(${describeValue(key)})`;
    if (!actual.has(key)) return `${place} is missing`;
    if (!expected.has(key)) return `${place} is ${describeValue(actual.get(key))}, and should not be there`;
    const found = differ(actual.get(key), expected.get(key), place, above);
    if (found !== undefined) return found;
  }
  return undefined;
}

function hasEqual(items: ReadonlySet<unknown>, wanted: unknown): boolean {
  return items.has(wanted) || [...items].some((item) => difference(item, wanted) === undefined);
}

function differInProperties(
  actual: object,
  expected: object,
  path: string,
  above: readonly Pair[],
): string | undefined {
  if (Array.isArray(actual) && Array.isArray(expected) && actual.length !== expected.length) {
    return `${path || 'the array'} has ${actual.length} items, not ${expected.length}: ${describeValue(actual)}, not ${describeValue(expected)}`;
  }
  for (const key of new Set([...Reflect.ownKeys(actual), ...Reflect.ownKeys(expected)])) {
    const place = typeof key === 'string' && !/^\d+$/.test(key) ? `${path}.${key}` : `${path}[${String(key)}]`;
    const found = differ(Reflect.get(actual, key), Reflect.get(expected, key), place, above);
    if (found !== undefined) return found;
  }
  return undefined;
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}
