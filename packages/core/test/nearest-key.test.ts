import { describe, expect, it } from '@jest/globals';
import { checkKeys } from '@triphase/core';
import fc from 'fast-check';

/** What `checkKeys` proposes for a key; undefined if it proposes none. */
function proposed(key: string, known: readonly string[]): string | undefined {
  try {
    checkKeys({ [key]: 1 }, known, 'it');
  } catch (error) {
    return /did you mean "(.*)"\?$/.exec((error as Error).message)?.[1];
  }
  return key;
}

/** Edits between two words by a table, as textbooks do it: optimal string alignment. */
function distance(from: string, to: string): number {
  const table = Array.from({ length: from.length + 1 }, (_, i) => [i]);
  const at = (i: number, j: number): number => table[i]?.[j] ?? 0;
  for (let j = 1; j <= to.length; j++) table[0]?.push(j);
  for (let i = 1; i <= from.length; i++) {
    for (let j = 1; j <= to.length; j++) {
      const cost = from[i - 1] === to[j - 1] ? 0 : 1;
      let edits = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + cost);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        edits = Math.min(edits, at(i - 2, j - 2) + 1);
      table[i]?.push(edits);
    }
  }
  return at(from.length, to.length);
}

describe('C65: the nearest known key', () => {
  it.each([
    { name: 'a letter that is missing', key: 'nam', nearest: 'name' },
    { name: 'a letter too many', key: 'namee', nearest: 'name' },
    { name: 'another letter', key: 'nane', nearest: 'name' },
    { name: 'two neighbours swapped', key: 'nmae', nearest: 'name' },
    { name: 'upper case', key: 'NAME', nearest: 'name' },
    { name: 'two edits', key: 'singel', nearest: 'signal' },
    { name: 'the beginning of a key', key: 'max', nearest: 'maxSliceMs' },
    { name: 'another case wins over a common beginning', key: 'TimeoutAt', nearest: 'timeoutAt' },
    { name: 'a key with a unit', key: 'timeoutMs', nearest: 'timeout' },
  ])('$name', ({ key, nearest }) => {
    expect(proposed(key, ['signal', 'maxSliceMs', 'timeout', 'timeoutAt', 'name'])).toBe(nearest);
  });

  it('all known keys are listed where none is near', () => {
    expect(() => {
      checkKeys({ backlog: 1 }, ['name', 'signal'], 'it');
    }).toThrow(new TypeError('it has no option "backlog": it has name, signal'));
  });

  it('a key is shown in one line, however it is made', () => {
    expect(() => {
      checkKeys({ 'a\nb': 1 }, ['name'], 'it');
    }).toThrow('it has no option "a\\nb": it has name');
  });

  it('is the nearest by the table of edits, of at most two', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(word, fc.array(word, { minLength: 1, maxLength: 4 }), (key, known) => {
        const nearest = Math.min(...known.map((name) => distance(key, name)));
        // A beginning counts as one edit and a half.
        if (nearest > 1 && known.some((name) => name.startsWith(key) || key.startsWith(name))) return;
        const found = proposed(key, known);
        expect(found === undefined ? 3 : distance(key, found)).toBe(Math.min(nearest, 3));
      }),
      { numRuns: 3_000 },
    );
  });
});
