/**
 * The gate `npm run check -- tarballs`: checks the tarballs with publint --strict and attw. Every path of `exports` must exist, and TypeScript
 * must resolve the files that Node loads. The attw profile leaves out TypeScript's node10 resolution, which reads `main` and `types`, not
 * `exports`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from './command.mjs';
import { packAll } from './tarballs.mjs';

const folder = mkdtempSync(join(tmpdir(), 'triphase-tarballs-'));
try {
  const tarballs = await packAll(folder);
  const problems = [];
  for (const { name, file } of tarballs) {
    const results = await Promise.all([
      runTool('publint', ['--strict', file]),
      runTool('attw', [file, '--profile', 'node16', '--no-color', '--no-emoji']),
    ]);
    for (const { code, output } of results) if (code !== 0) problems.push(`${name}\n${output.trim()}`);
  }
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log(`tarballs: ${tarballs.length} packages clean in publint and attw`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
