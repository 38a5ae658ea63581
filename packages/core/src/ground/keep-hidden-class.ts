const kept: object[] = [];

/**
 * Keeps one instance of a class that lives shorter than its program. V8 forgets the layout of objects of which a full collection finds
 * none, and throws away all optimised code that knew it: firings would be ten times slower for a while after each (benchmark: P7).
 * A number that is to be fractional must be so in the instance too, else the layout that counts is another one: give NaN.
 */
export function keepHiddenClass(instance: object): void {
  kept.push(instance);
}
