/**
 * The programs on the pages (README.md, those of docs, README.md of each package) as their readers run them: with the packages from
 * their tarballs, as processes of Node, stopped by a signal where the mark of the block says so. They must end with the status
 * and print what the page says. `node runtime-tests/docs.run.mjs http` runs those of the pages with `http` in their names.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../scripts/packages.mjs';
import { checkBuilt, installPacked, linkModule } from '../scripts/packed-project.mjs';
import { Tally } from './conformance/tally.mjs';
import { docsTools } from './docs-tools.mjs';

const AT_ONCE = 2;
const wanted = process.argv.slice(2);

checkBuilt();
const folder = mkdtempSync(join(tmpdir(), 'triphase-docs-'));
const tally = new Tally();
try {
  await installPacked(folder);
  linkModule(folder, 'ws');
  const { blocksOf, pages, runProgram, signalOf, success } = await docsTools(folder);
  const programs = pages(root)
    .filter((page) => wanted.length === 0 || wanted.some((word) => page.includes(word)))
    .flatMap((page) => blocksOf(page, readFileSync(join(root, page), 'utf8')))
    .filter(({ language, mark }) => language === 'ts' && ['', 'sigterm', 'sigint'].includes(mark));

  const queue = programs.entries();
  const worker = async () => {
    for (const [index, block] of queue) {
      await tally.check(`${block.place} runs`, async () => {
        const file = join(folder, `program-${index}.mjs`);
        const { code } = await transform(block.code, { loader: 'ts', sourcefile: block.place });
        writeFileSync(file, code);
        const ended = await runProgram(process.execPath, [file], { cwd: folder, signal: signalOf(block) });
        assert.deepEqual(ended, success(block, ended));
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
tally.close();
