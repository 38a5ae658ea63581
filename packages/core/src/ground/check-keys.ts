/**
 * For runtime packages: throws `TypeError` for an unknown key in an options object, and suggests the nearest known key. `what` names
 * the owner of the options.
 */
export function checkKeys(options: object, known: readonly string[], what: string): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const nearest = known.find((name) => name.startsWith(key)) ?? nearestOf(key, known);
    throw new TypeError(
      `${what} has no option "${key}": ${nearest === undefined ? `it has ${known.join(', ')}` : `did you mean "${nearest}"?`}`,
    );
  }
}

/** The known word that is at most two edits away, ignoring case; the nearest one, if there are several. */
export function nearestOf(word: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = 3;
  for (const name of known) {
    const edits = distance(word, name);
    if (edits < least) [nearest, least] = [name, edits];
  }
  return nearest;
}

/** The number of edits that turn one word into the other, ignoring case. Swapping two neighbours is one edit (optimal string alignment). */
function distance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const cost = from[i - 1] === to[j - 1] ? 0 : 1;
      let edits = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (isSwap) edits = Math.min(edits, (beforeLast[j - 2] ?? 0) + 1);
      row.push(edits);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length] ?? 0;
}
