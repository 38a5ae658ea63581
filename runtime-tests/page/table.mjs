/** The table on docs/browser.md: the result of each test in each engine. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../scripts/packages.mjs';
import { readSection, writeSection } from '../../scripts/page-section.mjs';

const file = join(root, 'docs', 'browser.md');

/** Throws unless the column of this engine has these results. */
export function assertTable({ engine, rows }) {
  const [heads, , ...lines] = readTable();
  const column = heads?.indexOf(engine) ?? -1;
  const shown = lines.map((cells) => `${cells[0]} | ${cells[column]}`);
  assert.deepEqual(
    shown,
    inOrder(rows).map(({ test, outcome }) => `${test} | ${outcome}`),
    'npm run docs:browser writes the table',
  );
}

/** Writes the table from the results of all engines. */
export async function writeTable(all) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rows = inOrder(all[0].rows).map(({ test }) => [
    test,
    ...all.map(({ rows }) => rows.find((row) => row.test === test)?.outcome ?? ''),
  ]);
  const text = `
${line(['statement, as tested', ...all.map(({ engine }) => engine)])}
${line(['---', ...all.map(() => '---')])}
${rows.map(line).join('\n')}

\`npm run docs:browser\` runs the tests and writes this section. The user agents of these engines:

${all.map(({ engine, userAgent }) => `- ${engine}: \`${userAgent}\``).join('\n')}

`;
  await writeSection(file, 'engines', text);
}

/** The cells of each row. */
function readTable() {
  const lines = readSection(file, 'engines')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Sorts the rows by the numbers of their statements: B1 … B26, C3. */
function inOrder(rows) {
  const key = ({ test }) => [test[0], Number.parseInt(test.slice(1))];
  return [...rows].sort((a, b) => {
    const [[letterA, numberA], [letterB, numberB]] = [key(a), key(b)];
    return letterA.localeCompare(letterB) || numberA - numberB;
  });
}
