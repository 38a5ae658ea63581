/**
 * The table on docs/runtimes.md: the result of the conformance kit for each statement on each runtime. A runtime here is
 * `{ runtime, version, report }`, with the report of `runTests`.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../scripts/packages.mjs';
import { readSection, writeSection } from '../../scripts/page-section.mjs';

const file = join(root, 'docs', 'runtimes.md');

/** Throws unless the column of this runtime agrees with its report. Returns `false` if there is no such column. */
export function assertMatrix({ runtime, report }) {
  const [heads, , ...lines] = readMatrix();
  const column = heads?.indexOf(runtime) ?? -1;
  if (column === -1) return false;
  const onPage = lines.map((cells) => `${cells[0]} | ${cells[column]}`);
  const shown = [...cellsOf(report)].map(([statement, cell]) => `${statement} | ${cell}`);
  assert.deepEqual(onPage, shown, 'npm run docs:runtimes writes the table');
  return true;
}

/** Writes the table. `commit` and `date` are those of the sources, `notRun` has the names of the runtimes that were not run. */
export async function writeMatrix(all, { commit, date, notRun }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const columns = all.map(({ report }) => cellsOf(report));
  const statements = [...columns[0].keys()];
  const notes = [...new Set(columns.flatMap((cells) => [...cells.values()]))].filter((cell) => cell !== 'yes');
  const short = (cell = '') => (notes.includes(cell) ? `see ${notes.indexOf(cell) + 1}` : cell);
  const matrix = [
    ['statement', ...all.map(({ runtime }) => runtime)],
    ['---', ...all.map(() => '---')],
    ...statements.map((statement) => [statement, ...columns.map((cells) => short(cells.get(statement)))]),
  ];
  const versions = [
    ['runtime', 'version', 'tests passed', 'left out'],
    ['---', '---', '---', '---'],
    ...all.map(({ runtime, version, report: { passed, skips } }) => [runtime, version, passed, skips.length]),
    ...notRun.map((name) => [name, 'not run here', '', '']),
  ];
  const text = `
${matrix.map(line).join('\n')}

${notes.map((note, index) => `${index + 1}. ${note}`).join('\n')}

Run on ${date} at commit ${commit}. \`npm run docs:runtimes\` runs the kit everywhere and writes this.

${versions.map(line).join('\n')}

`;
  await writeSection(file, 'matrix', text);
}

/** A cell for each statement, in order: `yes`, or what was left out and why. */
function cellsOf({ tests, skips, failures }) {
  const statements = new Map();
  const at = (name) => {
    const statement = statementOf(name);
    if (!statements.has(statement)) statements.set(statement, { count: 0, failed: 0, reasons: [] });
    return statements.get(statement);
  };
  for (const name of tests) at(name).count++;
  for (const { test } of failures) at(test).failed++;
  for (const name of skips) at(name).reasons.push(/\(skipped: (.*)\)$/.exec(name)[1]);
  const inOrder = [...statements].sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1)));
  return new Map(inOrder.map(([statement, what]) => [statement, cellOf(what)]));
}

function cellOf({ count, failed, reasons }) {
  if (failed > 0) return 'failed';
  const why = [...new Set(reasons)].join('; ');
  if (count === 0) return `left out: ${why}`;
  return reasons.length === 0 ? 'yes' : `yes; ${reasons.length} of ${count + reasons.length} left out: ${why}`;
}

/** The number of the statement: the last one in the name, since the groups around a test have numbers too. */
const statementOf = (name) => name.match(/\bC\d+(?=: )/g)?.at(-1) ?? name;

/** The cells of each row of the first table, with their notes filled in. */
function readMatrix() {
  const lines = readSection(file, 'matrix').trim().split('\n');
  const notes = lines.map((line) => /^\d+\. (.*)/.exec(line)?.[1]).filter(Boolean);
  const withNote = (cell) => cell.replace(/^see (\d+)$/, (_, number) => notes[number - 1]);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(0, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => withNote(cell.trim())),
  );
}
