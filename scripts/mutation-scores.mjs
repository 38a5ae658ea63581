/** The scores of a mutation run: per file in a table on docs/quality.md, and per group against the minimum. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './packages.mjs';
import { readSection, writeSection } from './page-section.mjs';

export const MINIMUM = 85;

export const sources = 'packages/core/src/';
const page = join(root, 'docs', 'quality.md');
const row = /^\| `(?<file>[^`]+)` +\| +\S+ % +\| +(?<mutants>\d+) \| +(?<found>\d+) \| +(?<survived>\d+) \|$/gm;

/** The groups that must reach the minimum: each is the start of the names of its files or folders. */
const groups = ['events/system-event', 'events/firing', 'life/', 'timed/', 'services/', 'turn/turn-loop'];
const isIn = (group, file) => `/${file}`.includes(`/${group}`);

/** `{ file, mutants, found, survived }` per mutated file of Stryker's JSON report; what was ignored doesn't count. */
export function readScores(report) {
  return Object.entries(report.files)
    .map(([path, { mutants }]) => {
      const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
      const found = count('Killed', 'Timeout');
      const survived = count('Survived', 'NoCoverage');
      return { file: path.replace(sources, ''), mutants: found + survived, found, survived };
    })
    .filter(({ mutants }) => mutants > 0);
}

const scoreOf = (rows) => {
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  return (100 * sum('found')) / sum('mutants');
};

/** Returns messages about groups below the minimum. In a whole run, each group must have files. */
export function problemsOf(scores, isWholeRun) {
  return groups.flatMap((group) => {
    const rows = scores.filter(({ file }) => isIn(group, file));
    if (rows.length === 0)
      return isWholeRun ? [`no file belongs to the group ${group}: bring ${import.meta.filename} up to date`] : [];
    const score = scoreOf(rows);
    console.log(`${group.padEnd(14)} ${score.toFixed(1)} %`);
    return score < MINIMUM ? [`${group} scores ${score.toFixed(1)} %, less than ${MINIMUM} %`] : [];
  });
}

/** Writes the rows of these files. Rows of other files stay while the file exists. */
export async function writeScores(scores) {
  const rows = new Map();
  for (const {
    groups: { file, ...counts },
  } of readSection(page, 'scores').matchAll(row)) {
    const [mutants, found, survived] = [counts.mutants, counts.found, counts.survived].map(Number);
    if (existsSync(join(root, sources, file))) rows.set(file, { file, mutants, found, survived });
  }
  for (const score of scores) rows.set(score.file, score);
  const sorted = [...rows.values()].sort((one, other) => (one.file < other.file ? -1 : 1));
  const line = (name, counted) => {
    const sum = (key) => counted.reduce((total, score) => total + score[key], 0);
    return `| ${name} | ${scoreOf(counted).toFixed(1)} % | ${sum('mutants')} | ${sum('found')} | ${sum('survived')} |`;
  };
  const table = [
    '| file | score | mutants | found | survived |',
    '| --- | --: | --: | --: | --: |',
    ...sorted.map((score) => line(`\`${score.file}\``, [score])),
    line('all', sorted),
  ].join('\n');
  await writeSection(page, 'scores', table);
}
