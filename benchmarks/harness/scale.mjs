/** Evaluates the figures of the topic `scale`: does the cost of an operation stay the same when there are more calls or triggers? */
import { median } from './measure.mjs';
import { label, number } from './words.mjs';

/** The name of the lower bound for timed calls with an exact clock. Its cost grows only by cache misses. */
export const BARE = 'bare ring';

/**
 * For each kind of operation: the medians by number of calls, for each library (`series`), and whether ours is flat. Flat means that our largest
 * median is at most three times the least.
 */
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

/** One sentence for each kind of operation, for the page and the terminal. */
export const scaleSays = (kinds) =>
  kinds.map(({ kind, sizes, growth, flat, bare }) => {
    const beside = bare === undefined ? '' : `; a bare ring of objects: ${number(bare)} ×`;
    return `${kind}: ours is ${flat ? 'flat' : 'not flat'} within 3 × from ${label(sizes[0])} to ${label(sizes.at(-1))} (${number(growth)} ×${beside})`;
  });
