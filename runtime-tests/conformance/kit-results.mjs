import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { agrees } from './matrix.mjs';

const folder = join(import.meta.dirname, '..', 'results');
const fileOf = (runtime) => join(folder, `kit-${runtime.toLowerCase().replaceAll(' ', '-')}.json`);

/** `--kit`: the stage runs the conformance kit alone, since docs/runtimes.md is about to be written. */
export const isKitOnly = process.argv.includes('--kit');

/** The names of the columns on docs/runtimes.md. */
export const runtimeNames = [
  ...['Node 20', 'Node 22', 'Node 24', 'Node 26', 'Deno', 'Bun', 'workerd'],
  ...['Chromium', 'Firefox', 'WebKit'].flatMap((engine) => [`${engine} window`, `${engine} worker`]),
];

/**
 * Counts the results of the kit on a runtime and saves them for `npm run docs:runtimes`. Compares them with docs/runtimes.md, unless that is
 * about to be written.
 */
export async function takeKit(tally, { title, runtime, version, report }) {
  const result = { runtime, version, report };
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(runtime), `${JSON.stringify(result, undefined, 2)}\n`);
  tally.add(title, report);
  if (isKitOnly) return;
  const name = `D9: the table on docs/runtimes.md says of ${runtime} what this run has shown`;
  if (runtimeNames.includes(runtime)) await tally.check(name, () => agrees(result));
  else tally.skip(name, 'the table has no such column');
}

/** The last results of this runtime that {@link takeKit} has saved. */
export const readKit = (runtime) => JSON.parse(readFileSync(fileOf(runtime), 'utf8'));

/** `Node 20`, `Deno`: the name of its column. */
export const columnOf = ({ name }) => (name.startsWith('Node') ? name.replace(/\..*/, '') : name);

/** The version that a program prints for `--version`: `20.20.2`, `2026-11-17`. */
export function versionOf({ program }) {
  const said = execFileSync(program, ['--version'], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
  return /\d+[.-]\d+[.-]\d+/.exec(said)[0];
}
