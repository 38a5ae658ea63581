/** Writes RESULTS.md: the machine and the versions, the bars, then all figures. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { currentCommit } from '../../scripts/command.mjs';
import { root } from '../../scripts/packages.mjs';
import { markdownTable, writeFormatted } from '../../scripts/page-section.mjs';
import { drawChart } from './chart.mjs';
import { evidence } from './evidence.mjs';
import { versionsIn } from './peers.mjs';
import { scaleHead, scaleOf, scaleRows, scaleSays } from './scale.mjs';
import { caseTable, claimCells, claimHead, number } from './words.mjs';

const folder = join(import.meta.dirname, '..');

/** The commit that was measured, and whether the packages have uncommitted changes. */
function commit() {
  try {
    const changes = execFileSync('git', ['status', '--porcelain', 'packages'], { cwd: root, encoding: 'utf8' });
    return currentCommit() + (changes.trim() === '' ? '' : ', with changes');
  } catch {
    return 'unknown'; // no git repository
  }
}

/** The position of a metric in the table: P1 to P16 first, then D2 and D3. */
const positionOf = (metric) => Number(metric.slice(1)) + (metric.startsWith('P') ? 0 : 100);

/** The rows of all claims, in the order of their metrics. A topic that could not run has a row at the end. */
export function claimRows(groups) {
  const rows = groups.flatMap(({ rows, absent }) => [
    ...rows.map((row) => ({ position: positionOf(row.metric), cells: claimCells(row) })),
    ...(absent === undefined ? [] : [{ position: Infinity, cells: ['', absent, '', '', '', '', 'left out'] }]),
  ]);
  return rows.toSorted((one, other) => one.position - other.position).map(({ cells }) => cells);
}

/** A sentence: how many of the bars are met. */
export function countMet(groups) {
  const judged = groups.flatMap(({ rows }) => rows).filter(({ met }) => met !== undefined);
  return `${judged.filter(({ met }) => met).length} of ${judged.length} bars are met`;
}

/** The notes on the bars that are not met. */
function unmet(groups) {
  const metrics = groups.flatMap(({ rows }) => rows.filter(({ met }) => met === false).map(({ metric }) => metric));
  const known = Object.entries(evidence).filter(([metric]) => metrics.includes(metric));
  if (known.length === 0) return '';
  return `### Bars that are not met\n\nThe tables are of this run. The figures in these notes were measured by hand, at other times.\n\n${known.map(([metric, why]) => `- **${metric}** ${why}`).join('\n')}`;
}

const section = (group) => `### ${group.title}

${group.note ?? ''}

${group.absent ?? markdownTable(caseTable(group))}
`;

/** Writes the page and its chart. `loads`: the load averages before and after the run. */
export async function writeResults(groups, { date, loads }) {
  const kinds = scaleOf(groups);
  writeFileSync(join(folder, 'scale.svg'), drawChart(kinds));
  const topics = [...new Set(groups.map(({ topic }) => topic))];
  const text = `# Results

Written by \`npm run bench\`; [README.md](README.md) says how it measures and how to read it.

${markdownTable([
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
    Object.entries(versionsIn('peers'))
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ],
])}

## Bars

${countMet(groups)}. A ratio is the median of the ratios of all rounds; the least and the largest are in parentheses.

${markdownTable([claimHead, ...claimRows(groups)])}

${unmet(groups)}

## Scale

![Cost of one operation from 1e3 to 1e6 of its kind](scale.svg)

Nanoseconds an operation, medians.

${markdownTable([scaleHead, ...scaleRows(kinds)])}

${scaleSays(kinds)
  .map((line) => `- ${line[0].toUpperCase()}${line.slice(1)}.`)
  .join('\n')}

In random order over many calls, an operation often reads memory that is in no cache. The same operation in the order of age shows the cost without that.

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
