// Prints the lines of stdin in reverse order. It keeps them in temporary files, with at most 1,000 lines in memory.
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
  const filePath = (n: number) => join(folder.value, String(n));

  let lines: string[] = [];
  let files = 0;
  for await (const line of createInterface({ input: process.stdin, signal: app.signal })) {
    lines.unshift(`${line}\n`);
    if (lines.length < 1_000) continue;
    await writeFile(filePath(files++), lines.join(''));
    lines = [];
  }

  process.stdin.destroy(); // a pipe with more input would keep the process alive
  app.signal.throwIfAborted(); // the loop also ends when a stop begins
  await print(lines.join(''));
  while (files > 0) await print(await readFile(filePath(--files), 'utf8'));

  /** Waits while the reader is slower. */
  async function print(text: string): Promise<void> {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain', { signal: app.signal });
  }
});
