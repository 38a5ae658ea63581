/**
 * `serve` of `triphase` on Node, Deno and Bun, and `serveHttp` on Node and Bun, from the tarballs: the same service, with real sockets and signals
 * (D5, D12, D13).
 *
 * Run it alone with `node runtime-tests/serve.run.mjs`, after `npm run build`. Its arguments are parts of the names of hosts and tests, such as
 * `Deno N16`.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../scripts/packages.mjs';
import { checkBuilt, installPacked } from '../scripts/packed-project.mjs';
import { bun, deno, lacking, nodes } from './conformance/runtimes.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';
import { runsOn } from './serve/test-cases.mjs';
import { serveTests } from './serve/tests.mjs';

const permissions = ['--allow-net=0.0.0.0,127.0.0.1', '--allow-env=PORT,OPTIONS,LIMITS', '--node-modules-dir=manual'];
const hosts = [
  ...[nodes[0], nodes.at(-1)].map((host) => ({ ...host, kind: 'Node', args: [] })),
  { ...deno, kind: 'Deno', args: [...deno.args, ...permissions] },
  { ...bun, kind: 'Bun', args: [] },
  { ...nodes[0], name: `${nodes[0].name}, serveHttp`, kind: 'serveHttp', args: [] },
  { ...bun, name: 'Bun, serveHttp', kind: 'serveHttp', args: [] },
];
const reason = lacking(hosts);
if (reason !== undefined) leaveOut(reason);
checkBuilt();

const wanted = process.argv.slice(2);
const isWanted = (...texts) => wanted.every((word) => texts.some((text) => text.includes(word)));

const folder = mkdtempSync(join(tmpdir(), 'triphase-serve-'));
const tally = new Tally();
try {
  await installPacked(folder);
  for (const file of ['program.mjs', 'node-http.mjs', 'shared.mjs', 'websockets.mjs', 'idle.mjs'])
    cpSync(join(import.meta.dirname, 'serve', file), join(folder, file));
  const pages = [
    { file: 'quick-start.mjs', page: 'README.md', block: /^```ts sigterm\n([^]*?)^```$/m },
    { file: 'start.mjs', page: 'docs/start.md', block: /^## 3\.[^]*?^```ts sigterm\n([^]*?)^```$/m },
    { file: 'deno-alone.mjs', page: 'docs/start.md', block: /^```ts deno\n([^]*?)^```$/m },
    { file: 'deno-shim.mjs', page: 'packages/deno-shim/README.md', block: /^```ts deno\n([^]*?)^```$/m },
  ];
  for (const { file, page, block } of pages)
    writeFileSync(join(folder, file), block.exec(readFileSync(join(root, page), 'utf8'))[1]);
  for (const { name, program, args, kind } of hosts) {
    const programOf = (file) => (kind === 'serveHttp' && file === 'program.mjs' ? 'node-http.mjs' : file);
    const command = (file) => [program, ...args, join(folder, programOf(file))];
    for (const one of serveTests)
      if (runsOn(one, { kind }) && isWanted(name, one.name))
        await tally.check(`${name}: ${one.name}`, () => one.run({ command, kind }));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
tally.close();
