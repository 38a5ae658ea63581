import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { IdRanges } from '../src/id-ranges.ts';

const rangesOf = (ids: readonly number[]): IdRanges => {
  const ranges = new IdRanges();
  for (const id of ids) ranges.add(id);
  return ranges;
};

describe('id ranges', () => {
  it('consecutive ids become one range, in any order', () => {
    expect([...rangesOf([3, 1, 2, 5, 4]).pieces(100)]).toEqual([{ first: 1, last: 5 }]);
  });

  it('a gap makes two ranges, and the missing id joins them', () => {
    const ranges = rangesOf([1, 2, 4]);
    expect([...ranges.pieces(100)]).toHaveLength(2);
    ranges.add(3);
    expect([...ranges.pieces(100)]).toEqual([{ first: 1, last: 4 }]);
  });

  it('pieces have exactly the ids that were added, in order, and at most `length` ids each', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 60 })), fc.integer({ min: 1, max: 10 }), (ids, length) => {
        const ranges = rangesOf(ids);
        const pieces = [...ranges.pieces(length)];
        const idsInPieces = pieces.flatMap(({ first, last }) =>
          Array.from({ length: last - first + 1 }, (_, n) => first + n),
        );
        expect(idsInPieces).toEqual([...ids].sort((a, b) => a - b));
        expect(pieces.every(({ first, last }) => last - first < length)).toBe(true);
        expect(ranges.size).toBe(ids.length);
      }),
    );
  });
});
