/** What the figures of the scale topic say: is the cost of an operation the same however many there are? */
import { median } from './measure.mjs';
import { label, number } from './words.mjs';

/** Of each kind of the scale topic: the medians of ours and of Node's by number, and whether ours stay within three times their least. */
export function scaleOf(groups) {
  return groups
    .filter(({ scale }) => scale !== undefined)
    .map(({ scale: { kind, sizes }, figures }) => {
      const medians = (who) => sizes.map((size) => median(figures[`${who}, ${label(size)}`]));
      const ours = medians('Triphase');
      const growth = Math.max(...ours) / Math.min(...ours);
      return { kind, sizes, series: { Triphase: ours, Node: medians('Node') }, growth, flat: growth <= 3 };
    });
}

export const scaleHead = ['', ...[1e3, 1e4, 1e5, 1e6].map(label), 'largest over least'];
export const scaleRows = (kinds) =>
  kinds.flatMap(({ kind, series }) =>
    Object.entries(series).map(([who, values]) => [
      `${kind}, ${who}`,
      ...values.map(number),
      number(Math.max(...values) / Math.min(...values)),
    ]),
  );

/** One sentence a kind, for the page and the terminal. */
export const scaleSays = (kinds) =>
  kinds.map(
    ({ kind, sizes, growth, flat }) =>
      `${kind}: ours is ${flat ? 'flat' : 'not flat'} within 3 × from ${label(sizes[0])} to ${label(sizes.at(-1))} (${number(growth)} ×)`,
  );
