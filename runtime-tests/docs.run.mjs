/**
 * The programs on the pages (README.md, docs/*.md, packages/NAME/README.md) on this Node, with the packages from their tarballs. A program must
 * print what its page says, and end with the right status; one marked `sigterm` or `sigint` gets that signal. A program that serves HTTP is stopped
 * a second time, under 20 clients: no request may break.
 *
 * Run it alone with `node runtime-tests/docs.run.mjs`, after `npm run build`; with the argument `http` it runs the pages with `http` in their names.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopUnderLoad } from '../scripts/http-load.mjs';
import { root } from '../scripts/packages.mjs';
import { checkBuilt, installPacked, linkModule } from '../scripts/packed-project.mjs';
import { Tally } from './conformance/tally.mjs';
import { docsTools } from './docs-tools.mjs';

/** Number of programs that run at the same time. */
const AT_ONCE = 2;

/** Whether a program is stopped under load. Programs with `node:cluster` have tests of their own (N13). */
const isServer = ({ mark, code }) =>
  mark === 'sigterm' && /\bserve(Http)?\(/.test(code) && /\bPORT\b/.test(code) && !code.includes('node:cluster');

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

  // docs/deploy.md has a program for a server and a program for a cluster. The cluster starts the server as `server.mjs`.
  const deploy = blocksOf('docs/deploy.md', readFileSync(join(root, 'docs', 'deploy.md'), 'utf8'));
  writeFileSync(join(folder, 'server.mjs'), deploy.find(({ mark }) => mark === 'sigterm').code);

  const programFile = (index) => join(folder, `program-${index}.mjs`);
  const queue = programs.entries();
  const worker = async () => {
    for (const [index, block] of queue) {
      const file = programFile(index);
      await tally.check(`${block.place} runs`, async () => {
        const { code } = await transform(block.code, { loader: 'ts', sourcefile: block.place });
        writeFileSync(file, code);
        const ended = await runProgram(process.execPath, [file], { cwd: folder, signal: signalOf(block) });
        assert.deepEqual(ended, success(block, ended));
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));

  // One at a time: a machine without a free CPU may reset connections (docs/http.md).
  for (const [index, block] of programs.entries()) {
    if (!isServer(block)) continue;
    await tally.check(`N15: ${block.place} breaks no request when it is stopped under load`, async () => {
      const command = [process.execPath, programFile(index)];
      const { answered, broken, errors, status, stderr } = await stopUnderLoad(command, { clients: 20 });
      assert.deepEqual({ broken, errors, status, stderr }, { broken: 0, errors: {}, status: 0, stderr: '' });
      assert.ok(answered >= 200, `only ${answered} requests were answered`);
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
tally.close();
