/** Results of the conformance kit, saved for the table on docs/runtimes.md and compared with it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertMatrix } from './matrix.mjs';

const folder = join(import.meta.dirname, '..', 'results');
const fileOf = (runtime) => join(folder, `kit-${runtime.toLowerCase().replaceAll(' ', '-')}.json`);

/** With `--kit` a stage runs only the conformance kit, and does not compare, since `npm run docs:runtimes` then writes the table. */
export const isKitOnly = process.argv.includes('--kit');

/** The columns of the table on docs/runtimes.md. */
export const runtimeNames = [
  ...['Node 20', 'Node 22', 'Node 24', 'Node 26', 'Deno', 'Bun', 'workerd'],
  ...['Chromium', 'Firefox', 'WebKit'].flatMap((engine) => [`${engine} window`, `${engine} worker`]),
];

/**
 * Counts the results of the kit on a runtime, and saves them for `npm run docs:runtimes`. Without `--kit` it also compares them with the table on
 * docs/runtimes.md.
 */
export async function takeKit(tally, { title, runtime, version, report }) {
  const result = { runtime, version, report };
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(runtime), `${JSON.stringify(result, undefined, 2)}\n`);
  tally.add(title, report);
  if (isKitOnly) return;
  const name = `D9: the column of ${runtime} on docs/runtimes.md agrees with this run`;
  if (runtimeNames.includes(runtime)) await tally.check(name, () => assertMatrix(result));
  else tally.skip(name, 'the table has no such column');
}

/** The latest results of this runtime that {@link takeKit} has saved. */
export const readKit = (runtime) => JSON.parse(readFileSync(fileOf(runtime), 'utf8'));

/** The column of a runtime, such as `Node 20` or `Deno`. */
export const columnOf = ({ name }) => (name.startsWith('Node') ? name.replace(/\..*/, '') : name);

/** The version that a program prints for `--version`: `20.20.2`, `2026-11-17`. */
export function versionOf({ program }) {
  const output = execFileSync(program, ['--version'], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
  return /\d+[.-]\d+[.-]\d+/.exec(output)[0];
}
