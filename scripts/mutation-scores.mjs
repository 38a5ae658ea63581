/** The scores of a mutation run: writes those of each file into docs/quality.md, and compares those of each group with the minimum. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './packages.mjs';
import { markdownTable, readSection, writeSection } from './page-section.mjs';

/** The least score of a group, in percent. */
export const MINIMUM = 85;

/** The folder of the files that Stryker changes. */
export const SOURCE_FOLDER = 'packages/core/src/';
const page = join(root, 'docs', 'quality.md');
/** A row of the table on the page. */
const row = /^\| `(?<file>[^`]+)` +\| +\S+ % +\| +(?<mutants>\d+) \| +(?<found>\d+) \| +(?<survived>\d+) \|$/gm;

/** The groups that must reach the minimum. A group has all files whose path contains `/` and its name, such as `/life/`. */
const groups = ['events/system-event', 'events/firing', 'life/', 'timed/', 'services/', 'turn/turn-loop'];
const isIn = (group, file) => `/${file}`.includes(`/${group}`);

/** Returns `{ file, mutants, found, survived }` for each mutated file of Stryker's JSON report. Ignored mutants don't count. */
export function readScores(report) {
  return Object.entries(report.files)
    .map(([path, { mutants }]) => {
      const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
      const found = count('Killed', 'Timeout');
      const survived = count('Survived', 'NoCoverage');
      return { file: path.replace(SOURCE_FOLDER, ''), mutants: found + survived, found, survived };
    })
    .filter(({ mutants }) => mutants > 0);
}

/** The share of mutants that tests found, in percent. */
const scoreOf = (rows) => {
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  return (100 * sum('found')) / sum('mutants');
};

/** Prints the score of each group. Returns a message for each group below the minimum, and in a whole run for each group without files. */
export function problemsOf(scores, isWholeRun) {
  return groups.flatMap((group) => {
    const rows = scores.filter(({ file }) => isIn(group, file));
    if (rows.length === 0)
      return isWholeRun
        ? [`the group ${group} has no files: correct the list of groups in ${import.meta.filename}`]
        : [];
    const score = scoreOf(rows);
    console.log(`${group.padEnd(14)} ${score.toFixed(1)} %`);
    return score < MINIMUM ? [`${group} scores ${score.toFixed(1)} %, less than ${MINIMUM} %`] : [];
  });
}

/** Writes the rows of these files into the page. The rows of other files stay, unless the file no longer exists. */
export async function writeScores(scores) {
  const rows = new Map();
  for (const {
    groups: { file, ...counts },
  } of readSection(page, 'scores').matchAll(row)) {
    const [mutants, found, survived] = [counts.mutants, counts.found, counts.survived].map(Number);
    if (existsSync(join(root, SOURCE_FOLDER, file))) rows.set(file, { file, mutants, found, survived });
  }
  for (const score of scores) rows.set(score.file, score);
  const sorted = [...rows.values()].sort((one, other) => (one.file < other.file ? -1 : 1));
  const line = (name, counted) => {
    const sum = (key) => counted.reduce((total, score) => total + score[key], 0);
    return [name, `${scoreOf(counted).toFixed(1)} %`, sum('mutants'), sum('found'), sum('survived')];
  };
  const lines = [
    ['file', 'score', 'mutants', 'found', 'survived'],
    ...sorted.map((score) => line(`\`${score.file}\``, [score])),
    line('all', sorted),
  ];
  await writeSection(page, 'scores', markdownTable(lines, [1, 2, 3, 4]));
}
