import { describeGiven } from './check-milliseconds.ts';
import { printable } from './printable.ts';

/**
 * Throws `TypeError` if `options` isn't an object, or has a key that isn't known (C65): then the message names the nearest known key, or
 * lists all of them. `what` names the owner of the options: `every()`. For runtime packages, and for libraries that take options.
 */
export function checkKeys(options: object, known: readonly string[], what: string): void {
  if (typeof options !== 'object' || (options as object | null) === null)
    throw new TypeError(`The options of ${inSentence(what)} are ${describeGiven(options)}: give an object`);
  for (const key in options) {
    if (known.includes(key) || !Object.hasOwn(options, key)) continue;
    throw new TypeError(
      `${what} has no option "${printable(key)}": ${didYouMean(key, known) ?? `it has ${known.join(', ')}`}`,
    );
  }
}

/** An owner as it stands inside a sentence: `a trigger` for `A trigger`. */
function inSentence(what: string): string {
  return what.replace(/^(A|The) /, (article) => article.toLowerCase());
}

/** A question that names the known word nearest to `key`; undefined if none is near. */
export function didYouMean(key: string, known: readonly string[]): string | undefined {
  const isBeginning = (name: string): boolean => name.startsWith(key) || key.startsWith(name);
  const nearest = nearestOf(key, known, 1) ?? known.find(isBeginning) ?? nearestOf(key, known, 2);
  return nearest === undefined ? undefined : `did you mean "${nearest}"?`;
}

/** The known word that is nearest to `word`, and at most `most` edits away; undefined if none is. Upper and lower case don't matter. */
export function nearestOf(word: string, known: readonly string[], most: number): string | undefined {
  const from = word.toLowerCase();
  for (let edits = 0; edits <= most; edits++) {
    const nearest = known.find((name) => isWithin(edits, from, name.toLowerCase()));
    if (nearest !== undefined) return nearest;
  }
  return undefined;
}

/** Whether at most `edits` edits turn `from` into `to`. An edit adds, removes or replaces a letter, or swaps two neighbours. */
function isWithin(edits: number, from: string, to: string): boolean {
  let same = 0;
  while (same < from.length && from[same] === to[same]) same++;
  const a = from.slice(same);
  const b = to.slice(same);
  if (edits === 0 || a === b) return a === b;
  const restMatches = (fromA: number, fromB: number): boolean => isWithin(edits - 1, a.slice(fromA), b.slice(fromB));
  return (
    restMatches(1, 0) ||
    restMatches(0, 1) ||
    restMatches(1, 1) ||
    (a.length > 1 && b.startsWith(a.charAt(1) + a.charAt(0)) && restMatches(2, 2))
  );
}
