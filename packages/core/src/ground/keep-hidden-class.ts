const kept: object[] = [];

/**
 * Keeps one instance of a class whose instances are short-lived. When a full garbage collection finds no instance, V8 drops the hidden
 * class and all optimised code that depends on it: firings would be ten times slower for a while after each collection (benchmark: P7).
 * A number field that will hold fractions must hold NaN in the instance: with an integer it would have another hidden class.
 */
export function keepHiddenClass(instance: object): void {
  kept.push(instance);
}
