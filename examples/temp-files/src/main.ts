// Prints the lines of stdin in reverse order. Temporary files keep them, so that memory holds no more than 1,000 lines.
import { addService, resource } from '@triphase/core';
import { runMain } from '@triphase/node-reactor';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

await runMain(async function reverse(app) {
  const create = () => mkdtemp(join(tmpdir(), 'reverse-'));
  const remove = (path: string) => rm(path, { recursive: true });
  const folder = await addService(app, resource('temporary folder', create, remove));
  const file = (n: number) => join(folder.value, String(n));

  let lines: string[] = [];
  let files = 0;
  for await (const line of createInterface({ input: process.stdin, signal: app.signal })) {
    lines.unshift(`${line}\n`);
    if (lines.length < 1_000) continue;
    await writeFile(file(files++), lines.join(''));
    lines = [];
  }

  process.stdin.destroy(); // input that nobody reads would hold the process
  app.signal.throwIfAborted(); // a stop ends the loop above, too
  await print(lines.join(''));
  while (files > 0) await print(await readFile(file(--files), 'utf8'));

  /** Waits when the reader is slower. */
  async function print(text: string): Promise<void> {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain', { signal: app.signal });
  }
});
