/** RESULTS.md: the bars, then all figures, with where they come from. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/packages.mjs';
import { writeFormatted } from '../../scripts/page-section.mjs';
import { drawChart } from './chart.mjs';
import { evidence } from './evidence.mjs';
import { peerVersions } from './peers.mjs';
import { scaleHead, scaleOf, scaleRows, scaleSays } from './scale.mjs';
import { caseTable, claimCells, claimHead, number, table } from './words.mjs';

const folder = join(import.meta.dirname, '..');

/** The commit that was measured, as far as it is known. */
function commit() {
  try {
    const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', 'packages') === '' ? '' : ', with changes')
    );
  } catch {
    return 'unknown';
  }
}

/** The numbers of performance first, then those of the runtimes. */
const placeOf = (metric) => Number(metric.slice(1)) + (metric.startsWith('P') ? 0 : 100);

/** The rows of all claims, by metric. */
export function claimRows(groups) {
  const rows = groups.flatMap(({ rows, absent }) => [
    ...rows.map((row) => ({ place: placeOf(row.metric), cells: claimCells(row) })),
    ...(absent === undefined ? [] : [{ place: Infinity, cells: ['', absent, '', '', '', '', 'left out'] }]),
  ]);
  return rows.toSorted((one, other) => one.place - other.place).map(({ cells }) => cells);
}

/** How many of the bars are met. */
export function countMet(groups) {
  const judged = groups.flatMap(({ rows }) => rows).filter(({ met }) => met !== undefined);
  return `${judged.filter(({ met }) => met).length} of ${judged.length} bars are met`;
}

/** What is known about the bars that are not met. */
function unmet(groups) {
  const metrics = groups.flatMap(({ rows }) => rows.filter(({ met }) => met === false).map(({ metric }) => metric));
  const known = Object.entries(evidence).filter(([metric]) => metrics.includes(metric));
  if (known.length === 0) return '';
  return `### Those that are not met\n\nThe tables are of this run. What follows was found when it was tried, by hand.\n\n${known.map(([metric, why]) => `- **${metric}** ${why}`).join('\n')}`;
}

const section = (group) => `### ${group.title}

${group.note ?? ''}

${group.absent ?? table(caseTable(group))}
`;

/** Writes the page and its chart. `loads`: the load average before and after. */
export async function writeResults(groups, { date, loads }) {
  const kinds = scaleOf(groups);
  writeFileSync(join(folder, 'scale.svg'), drawChart(kinds));
  const topics = [...new Set(groups.map(({ topic }) => topic))];
  const text = `# Results

Written by \`npm run bench\`; [README.md](README.md) says how it measures and how to read it.

${table([
  ['', ''],
  ['date', date.toISOString().slice(0, 16).replace('T', ' ') + ' UTC'],
  ['commit', commit()],
  [
    'machine',
    `${cpus()[0].model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()} ${arch()}`,
  ],
  ['load average', `${loads[0].map(number).join(' ')} before, ${loads[1].map(number).join(' ')} after`],
  ['node', `${process.versions.node}, V8 ${process.versions.v8}`],
  [
    'peers',
    Object.entries(peerVersions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ],
])}

## Bars

${countMet(groups)}. A ratio is the median, least and largest of those of all rounds.

${table([claimHead, ...claimRows(groups)])}

${unmet(groups)}

## Scale

![Cost of one operation from 1e3 to 1e6 of its kind](scale.svg)

Nanoseconds an operation, medians.

${table([scaleHead, ...scaleRows(kinds)])}

${scaleSays(kinds)
  .map((line) => `- ${line[0].toUpperCase()}${line.slice(1)}.`)
  .join('\n')}

Random order over many reaches for memory that is in no cache; the same operation in order of age shows what its steps cost.

${topics
  .map(
    (topic) =>
      `## ${topic}\n\n${groups
        .filter((group) => group.topic === topic)
        .map(section)
        .join('\n')}`,
  )
  .join('\n')}
`;
  await writeFormatted(join(folder, 'RESULTS.md'), text);
}
