/** Writes figures as text: numbers, the cells of tables, and tables for the terminal. */
import { summary } from './measure.mjs';

/** 100000 becomes `1e5`. Other numbers stay as they are. */
export const label = (count) => (/^1000+$/.test(String(count)) ? `1e${String(count).length - 1}` : String(count));

/** At most three significant digits for small numbers; large ones are rounded to whole numbers. */
export function number(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en').replaceAll(',', ' ');
  if (value >= 10) return value.toFixed(1);
  if (value >= 0.1) return value.toFixed(2);
  return value >= 0.001 || value === 0 ? value.toFixed(3) : value.toExponential(0);
}

/** The least and the largest value: `1.20…3.45`. */
export const range = ({ min, max }) => `${number(min)}…${number(max)}`;
const figure = ({ median }, unit) => `${number(median)} ${unit}`;

/** The cells of a row in the table of bars. */
export function claimCells({ metric, workload, remark, ours, theirs, judged, bar, atLeast, met, unit }) {
  return [
    metric,
    remark === undefined ? workload : `${workload} (${remark})`,
    figure(ours, unit),
    theirs === undefined ? '' : `${theirs.name}: ${figure(theirs, unit)}`,
    theirs === undefined ? '' : `${number(judged.median)} (${range(judged)})`,
    bar === undefined ? '' : `${atLeast ? '≥' : '≤'} ${number(bar)}${theirs === undefined ? ` ${unit}` : ''}`,
    bar === undefined ? '' : met ? 'met' : '**not met**',
  ];
}

export const claimHead = ['', 'workload', 'ours', 'peer', 'ratio (min…max)', 'bar', ''];

/** The table of a group: a row for each case, with its ratio to the baseline. The default baseline is the first case. */
export function caseTable({ figures, baseline = Object.keys(figures)[0], unit }) {
  const rows = Object.entries(figures).map(([name, values]) => {
    const own = summary(values);
    const ratio = summary(values.map((value, round) => value / figures[baseline][round]));
    return [name, figure(own, unit), range(own), name === baseline ? '1' : number(ratio.median)];
  });
  return [['case', 'median', 'min…max', `ratio to ${baseline}`], ...rows];
}

/** A table for the terminal, with aligned columns. */
export function columns(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  return rows
    .map((cells) =>
      cells
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
