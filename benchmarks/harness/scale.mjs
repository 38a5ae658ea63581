/** What the figures of the scale topic say: is the cost of an operation the same however many there are? */
import { median } from './measure.mjs';
import { label, number } from './words.mjs';

/** The lower bound for a timed call with an exact clock: it only grows by cache misses. */
export const BARE = 'bare ring';

/** Of each kind of the scale topic: medians by number, of each that was measured, and whether ours stay within three times their least. */
export function scaleOf(groups) {
  return groups
    .filter(({ scale }) => scale !== undefined)
    .map(({ scale: { kind, sizes, who }, figures }) => {
      const medians = (one) => sizes.map((size) => median(figures[`${one}, ${label(size)}`]));
      const series = Object.fromEntries(who.map((one) => [one, medians(one)]));
      const growth = growthOf(series.Triphase);
      return { kind, sizes, series, growth, flat: growth <= 3, bare: series[BARE] && growthOf(series[BARE]) };
    });
}

const growthOf = (values) => Math.max(...values) / Math.min(...values);

export const scaleHead = ['', ...[1e3, 1e4, 1e5, 1e6].map(label), 'largest over least'];
export const scaleRows = (kinds) =>
  kinds.flatMap(({ kind, series }) =>
    Object.entries(series).map(([who, values]) => [`${kind}, ${who}`, ...values.map(number), number(growthOf(values))]),
  );

/** One sentence a kind, for the page and the terminal. */
export const scaleSays = (kinds) =>
  kinds.map(({ kind, sizes, growth, flat, bare }) => {
    const beside = bare === undefined ? '' : `; a bare ring of objects: ${number(bare)} ×`;
    return `${kind}: ours is ${flat ? 'flat' : 'not flat'} within 3 × from ${label(sizes[0])} to ${label(sizes.at(-1))} (${number(growth)} ×${beside})`;
  });
