import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { databaseFolder } from './database-folder.ts';
import { listAll, post } from './http-client.ts';
import { buildLedger } from './ledger-process.ts';
import type { Program } from './ledger-process.ts';

jest.setTimeout(180_000);

describe('the start of a ledger', () => {
  let program: Program;
  let root: string;
  /** The folder of a database, which is closed after each test. */
  let folder: string;

  beforeAll(async () => {
    program = await buildLedger();
    root = await mkdtemp(join(tmpdir(), 'ledger-startup-'));
    folder = await databaseFolder('startup');
    const ledger = program.start({ DATA_DIR: folder });
    await post(await ledger.ready, 'the first');
    ledger.kill('SIGTERM');
    expect(await ledger.ended).toEqual({ code: 0, signal: null });
  });

  afterAll(async () => {
    await program.remove();
    for (const each of [root, folder]) await rm(each, { recursive: true, force: true });
  });

  /** Starts a ledger that must fail with status 1. Resolves with its output. */
  async function failedStart(environment: Record<string, string>): Promise<string> {
    const ledger = program.start(environment);
    expect(await ledger.ended).toEqual({ code: 1, signal: null });
    const output = ledger.output();
    expect(output).not.toContain('listening on');
    // The output has the reason, and no stack trace.
    expect(output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    return output;
  }

  async function expectUsable(): Promise<void> {
    const ledger = program.start({ DATA_DIR: folder });
    expect(await listAll(await ledger.ready)).toContainEqual({ id: 1, text: 'the first' });
    ledger.kill('SIGTERM');
    expect(await ledger.ended).toEqual({ code: 0, signal: null });
  }

  it('wrong settings end the start with 1 and a line for each, and nothing is opened', async () => {
    const untouched = join(root, 'untouched');
    const output = await failedStart({
      PORT: 'abc',
      LEAD_TIME_MS: '-1',
      IDLE_GRACE_MS: '1.5',
      DATA_DIR: untouched,
      DATABASE_URL: 'postgres://u:secret@host/db',
    });
    expect(output).toContain('PORT must be a whole number from 0 (any free port) to 65535; it is "abc"');
    expect(output).toContain('LEAD_TIME_MS must be a whole number of milliseconds');
    expect(output).toContain('IDLE_GRACE_MS must be a whole number of milliseconds; it is "1.5"');
    expect(output).toContain('DATA_DIR and DATABASE_URL are both set');
    expect(output).not.toContain('secret');
    expect(existsSync(untouched)).toBe(false);
  });

  it('a port in use ends the start with 1 and the reason, and closes the database', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await failedStart({ PORT: String(port), DATA_DIR: folder })).toContain(
      `Service "http" cannot listen on 127.0.0.1:${port} (EADDRINUSE)`,
    );
    other.close();
    await expectUsable();
  });

  it('a folder that another ledger uses ends the start with 1 and the reason, and the other ledger goes on', async () => {
    const first = program.start({ DATA_DIR: folder });
    const url = await first.ready;
    expect(await failedStart({ DATA_DIR: folder })).toContain(`${folder} is in use by another process`);
    expect((await post(url, 'still here')).status).toBe(201);
    first.kill('SIGTERM');
    expect(await first.ended).toEqual({ code: 0, signal: null });
  });

  it('a folder whose ledger was killed can be opened again', async () => {
    const killed = program.start({ DATA_DIR: folder });
    await killed.ready;
    killed.kill('SIGKILL');
    await killed.ended;
    await expectUsable();
  });

  it('a folder that is a file ends the start with 1 and its path', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    expect(await failedStart({ DATA_DIR: file })).toContain(file);
  });

  it('a database server that does not answer ends the start with 1 and the address, without the password', async () => {
    const unused = createServer().listen(0, '127.0.0.1');
    await once(unused, 'listening');
    const { port } = unused.address() as AddressInfo;
    unused.close();
    await once(unused, 'close');
    const output = await failedStart({ DATABASE_URL: `postgres://u:secret@127.0.0.1:${port}/ledger` });
    expect(output).toContain(`cannot connect to the database ledger at 127.0.0.1:${port}: connect ECONNREFUSED`);
    expect(output).not.toContain('secret');
  });

  it('SIGTERM while the database opens closes it, and the ledger never listens and ends with 0', async () => {
    const ledger = program.start({ DATA_DIR: folder });
    await ledger.prints('opening ');
    ledger.kill('SIGTERM');
    expect(await ledger.ended).toEqual({ code: 0, signal: null });
    expect(ledger.output()).not.toContain('listening on');
    await expectUsable();
  });

  it('after SIGKILL during the creation of a database, the next start creates it', async () => {
    const fresh = join(root, 'fresh');
    const killed = program.start({ DATA_DIR: fresh });
    // This file is among the first of a thousand files.
    while (!existsSync(join(fresh, 'postgres.unfinished', 'PG_VERSION'))) await setImmediate();
    killed.kill('SIGKILL');
    await killed.ended;
    const ledger = program.start({ DATA_DIR: fresh });
    expect((await post(await ledger.ready, 'x')).status).toBe(201);
    ledger.kill('SIGTERM');
    expect(await ledger.ended).toEqual({ code: 0, signal: null });
  });
});
