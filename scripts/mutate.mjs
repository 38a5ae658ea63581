/**
 * `npm run mutate`: mutation tests of core with Stryker, which changes core in thousands of places, one at a time, and lists the changes that no
 * test notices. Writes the scores into docs/quality.md and the reports into mutation/results. Installs Stryker into mutation/node_modules. Exits
 * with 1 if the score of a group is below the minimum.
 *
 * `npm run mutate -- firing timed` changes only these files and folders of packages/core/src. `--concurrency` sets the number of test processes;
 * default: one per core. `--share 0.1` changes a random tenth of the lines and writes no scores: an estimate within minutes.
 */
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from './command.mjs';
import { installFolder } from './install-folder.mjs';
import { problemsOf, readScores, SOURCE_FOLDER, writeScores } from './mutation-scores.mjs';
import { root } from './packages.mjs';

/** `--share` chooses blocks of this many lines. */
const BLOCK_LINES = 10;

const folder = join(root, 'mutation');
const reportFile = join(folder, 'results', 'mutation.json');

const all = readdirSync(join(root, SOURCE_FOLDER), { recursive: true })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && file !== 'index.ts');

/** The files that an argument stands for: `firing` and `firing.ts` name a file, `timed` and `timed/` a folder. */
function filesNamed(name) {
  const stem = name.replace(SOURCE_FOLDER, '').replace(/(\.ts|\/)$/, '');
  const files = all.filter((file) => `/${file}`.endsWith(`/${stem}.ts`) || `/${file}`.includes(`/${stem}/`));
  if (files.length === 0) throw new Error(`${SOURCE_FOLDER} has no file or folder named ${name}`);
  return files;
}

/** What Stryker changes in a file: all of it, or with `--share` some blocks of its lines, such as `a.ts:11-20`. */
function rangesOf(file) {
  if (share === 1) return [file];
  const count = readFileSync(join(root, file), 'utf8').split('\n').length;
  const starts = Array.from({ length: Math.ceil(count / BLOCK_LINES) }, (_, index) => index * BLOCK_LINES + 1);
  return starts.filter(() => Math.random() < share).map((start) => `${file}:${start}-${start + BLOCK_LINES - 1}`);
}

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string' }, share: { type: 'string', default: '1' } },
});
const share = Number(options.share);
if (!(share > 0 && share <= 1)) throw new Error(`--share is ${options.share}: give a number above 0, at most 1`);
const files = names.length === 0 ? all : [...new Set(names.flatMap(filesNamed))];

const missing = installFolder(folder);
if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}; run npm ci --prefix mutation`);

rmSync(reportFile, { force: true });
const stryker = join(folder, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
const concurrency = options.concurrency === undefined ? [] : ['--concurrency', options.concurrency];
const mutate = files.flatMap((file) => rangesOf(SOURCE_FOLDER + file)).join(',');
const args = [stryker, 'run', join(folder, 'stryker.config.mjs'), '--mutate', mutate, ...concurrency];
const { code } = await run(process.execPath, args, { terminal: true });
if (code !== 0) throw new Error(`Stryker ended with ${code}`);

const report = JSON.parse(readFileSync(reportFile, 'utf8'));
// Stryker doesn't report a test file that fails to load.
const tested = Object.keys(report.testFiles);
for (const file of ['mutation/conformance.test.mjs', 'packages/core/test/host-hooks.test.ts'])
  if (!tested.includes(file)) throw new Error(`no test of ${file} has run`);

const scores = readScores(report);
if (share === 1) await writeScores(scores);
const problems = problemsOf(scores, names.length === 0 && share === 1);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
