import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from '../src/entry-store.ts';
import { databaseFolder } from './database-folder.ts';
import { listAll, post } from './http-client.ts';
import { buildLedger } from './ledger-process.ts';
import type { LedgerProcess, Program } from './ledger-process.ts';
import { CLIENTS, LONG_IDLE_GRACE, postUntilStopped } from './load.ts';
import type { EntryLoad } from './load.ts';

jest.setTimeout(120_000);

/** `during` gets 6.4 s of this. Answering fifty clients takes little more than one second. */
const DEADLINE = { SHUTDOWN_DEADLINE_MS: '8000' };
/** The idle grace ends before the log line about pending triggers, two seconds after the stop. So that line names only the trigger that hangs. */
const HANG = { LEDGER_FAULT: 'hang', IDLE_GRACE_MS: '1500' };

type Environment = Readonly<Record<string, string>>;

const exit = (code: number): unknown => ({ code, signal: null });

describe('faults and signals while 50 clients post', () => {
  let program: Program;
  let twoLedgers: Program;
  let root: string;
  let folder: string;
  /** The entries that any ledger on `folder` has acknowledged. */
  const acknowledged: Map<number, string> = new Map();

  beforeAll(async () => {
    program = await buildLedger();
    twoLedgers = await buildLedger(join('test', 'two-ledgers.ts'));
    root = await mkdtemp(join(tmpdir(), 'ledger-faults-'));
    folder = await databaseFolder('data');
    const ledger = program.start({ DATA_DIR: folder });
    await post(await ledger.ready, 'the first');
    ledger.kill('SIGTERM');
    expect(await ledger.ended).toEqual(exit(0));
  });

  afterAll(async () => {
    await Promise.all([program.remove(), twoLedgers.remove()]);
    for (const each of [root, folder]) await rm(each, { recursive: true, force: true });
  });

  const remember = (entries: readonly Entry[]): void => {
    for (const { id, text } of entries) {
      expect(acknowledged.has(id)).toBe(false);
      acknowledged.set(id, text);
    }
  };

  /** Starts a ledger on `folder`. It first checks that every entry acknowledged so far is stored unchanged. */
  async function start(environment: Environment = {}): Promise<{ ledger: LedgerProcess; url: string }> {
    const ledger = program.start({ DATA_DIR: folder, ...environment });
    const url = await ledger.ready;
    const texts = new Map((await listAll(url)).map(({ id, text }) => [id, text]));
    expect([...acknowledged].filter(([id, text]) => texts.get(id) !== text)).toEqual([]);
    return { ledger, url };
  }

  /** Starts a ledger to which fifty clients post, and calls `act` in the middle. Resolves when all clients have left. */
  async function runUnderLoad(
    environment: Environment,
    act: (ledger: LedgerProcess) => unknown,
  ): Promise<{ ledger: LedgerProcess; seen: EntryLoad }> {
    const { ledger, url } = await start({ ...LONG_IDLE_GRACE, ...environment });
    const seen = await postUntilStopped(url, JSON.stringify(environment), CLIENTS + 50, () => {
      act(ledger);
    });
    remember(seen.acknowledged);
    return { ledger, seen };
  }

  const terminate = (ledger: LedgerProcess): void => {
    ledger.kill('SIGTERM');
  };

  /** No request was broken, and the audit has found every entry. */
  function expectFullDrain(ledger: LedgerProcess, seen: EntryLoad): void {
    expect(seen.broken).toEqual([]);
    expect(seen.clientsLeft).toBe(CLIENTS);
    const count = seen.acknowledged.length;
    expect(ledger.output()).toContain(`acknowledged ${count} entries, stored ${count} of them\n`);
  }

  /** The lines of the timeline of `event` in the output. */
  function timeline(ledger: LedgerProcess, event: 'startup' | 'shutdown'): string {
    return new RegExp(`^${event} .*(\\n  .*)*`, 'm').exec(ledger.output())![0];
  }

  it('N11: a clean stop ends with status 0, and its timeline is the last output', async () => {
    const { ledger, seen } = await runUnderLoad(DEADLINE, terminate);
    expect(await ledger.ended).toEqual(exit(0));
    expectFullDrain(ledger, seen);
    expect(timeline(ledger, 'shutdown')).not.toMatch(/error|abandoned|failed|escalated/);
    expect(ledger.output().trimEnd().endsWith(timeline(ledger, 'shutdown').trimEnd())).toBe(true);
  });

  it.each(['throw', 'reject'])(
    'N11, C14: when a trigger %ss, the other triggers run and the status is 1',
    async (fault) => {
      const { ledger, seen } = await runUnderLoad({ ...DEADLINE, LEDGER_FAULT: fault }, terminate);
      expect(await ledger.ended).toEqual(exit(1));
      expectFullDrain(ledger, seen);
      expect(ledger.output()).toContain(`error in fault (shutdown, during): Error: LEDGER_FAULT=${fault}`);
      expect(timeline(ledger, 'shutdown')).toContain(
        `\n  error: Trigger "fault" (shutdown, during) failed: LEDGER_FAULT=${fault}`,
      );
    },
  );

  it('N8, N11: a trigger that hangs is named in the log, and the process ends with 124 despite an open server and an interval', async () => {
    const { ledger, seen } = await runUnderLoad({ ...DEADLINE, ...HANG }, terminate);
    expect(await ledger.ended).toEqual(exit(124));
    expectFullDrain(ledger, seen);
    expect(ledger.output()).toContain('still waiting for: fault (during, ');
    expect(timeline(ledger, 'shutdown')).toContain('\n  abandoned: fault (during, ');
    expect(ledger.output().trimEnd().split('\n').at(-1)).toMatch(
      /^the run has ended, but something still holds the process: server on port \d+, timer \(left behind: fault \(during, .*; ending it$/,
    );
  });

  it('N10: the watchdog names the trigger that blocks the thread and kills the process', async () => {
    const { ledger, seen } = await runUnderLoad({ SHUTDOWN_DEADLINE_MS: '2000', LEDGER_FAULT: 'block' }, terminate);
    expect(await ledger.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(seen.broken.length).toBeGreaterThan(0);
    expect(ledger.output().trimEnd().split('\n').at(-1)).toBe(
      'the shutdown deadline has passed and trigger "fault" (during) blocks the thread: killing the process',
    );
  });

  it('N5: a second SIGTERM names the trigger that it cuts, escalates, and ends the process with 143', async () => {
    const { ledger, seen } = await runUnderLoad({ ...DEADLINE, ...HANG }, terminate);
    await ledger.prints('still waiting for: fault (');
    terminate(ledger);
    expect(await ledger.ended).toEqual(exit(143));
    expectFullDrain(ledger, seen);
    expect(ledger.output()).toMatch(/^SIGTERM again: not waiting any longer for fault \(during, \d\.\d s\)$/m);
    expect(timeline(ledger, 'shutdown')).toMatch(/^shutdown .* escalated\n/);
  });

  it('N5: a third SIGTERM ends the process at once, long before the deadline', async () => {
    const { ledger, seen } = await runUnderLoad({ ...HANG, SHUTDOWN_DEADLINE_MS: '600000' }, terminate);
    await ledger.prints('still waiting for: fault (');
    terminate(ledger);
    await ledger.prints(/^ {2}abandoned: fault/m);
    await sleep(400); // a signal within 200 ms counts as a repeat of the one before
    terminate(ledger);
    // The run is over and has removed its signal listeners, so the third SIGTERM ends the process directly.
    expect(await ledger.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expectFullDrain(ledger, seen);
  });

  it('N5: a second signal within 200 ms counts as a repeat of the first', async () => {
    const { ledger, seen } = await runUnderLoad(DEADLINE, (target) => {
      target.kill('SIGINT');
      target.kill('SIGTERM');
    });
    expect(await ledger.ended).toEqual(exit(0));
    expectFullDrain(ledger, seen);
    expect(ledger.output()).not.toContain('again');
    expect(ledger.output().match(/^stopping: /gm)).toHaveLength(1);
  });

  it('C29, N7: SIGTERM during a slow migration stops the services that have started, starts no other, and ends with 0', async () => {
    const ledger = program.start({ DATA_DIR: folder, LEDGER_FAULT: 'slow-migration' });
    await ledger.prints('migrating slowly');
    terminate(ledger);
    expect(await ledger.ended).toEqual(exit(0));
    const [startup, shutdown] = [timeline(ledger, 'startup'), timeline(ledger, 'shutdown')];
    expect(startup).toMatch(/^ {4}database .*\|$/m);
    expect(startup).toMatch(/^ {4}entries .*\|$/m); // cut, which does not count as a failure
    expect(startup).not.toMatch(/^ {4}http/m);
    expect(shutdown).toMatch(/^ {4}database .*\|$/m);
    expect(shutdown).not.toMatch(/^ {4}(entries|http)/m);
    expect(ledger.output()).not.toContain('listening on');
    expect(ledger.output()).not.toContain('error in');
  });

  it('C26: a start that fails prints the reason, stops the services that have started, and ends with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const ledger = program.start({ DATA_DIR: folder, PORT: String(port) });
    expect(await ledger.ended).toEqual(exit(1));
    other.close();
    const reason = `Service "http" cannot listen on 127.0.0.1:${port} (EADDRINUSE)`;
    expect(ledger.output()).toContain(`The start failed: ${reason}: `);
    expect(ledger.output()).toContain('stopping: startup-failed\nacknowledged 0 entries, stored 0 of them\n');
  });

  it('N11: an uncaught exception is printed, stops the ledger in order, and ends with 1', async () => {
    const { ledger, seen } = await runUnderLoad({ ...DEADLINE, LEDGER_FAULT: 'uncaught' }, (target) => {
      target.kill('SIGUSR2');
    });
    expect(await ledger.ended).toEqual(exit(1));
    expectFullDrain(ledger, seen);
    expect(ledger.output()).toContain('error in uncaught exception: Error: LEDGER_FAULT=uncaught');
    expect(ledger.output()).toContain('stopping: uncaught\n');
  });

  it('after all of these faults every acknowledged entry is stored', async () => {
    const { ledger } = await start();
    expect(acknowledged.size).toBeGreaterThanOrEqual(8 * CLIENTS);
    terminate(ledger);
    expect(await ledger.ended).toEqual(exit(0));
  });

  it('N6: two ledgers in one process: the first to end does not cut the one that hangs, and the worse status counts', async () => {
    const second = join(root, 'second');
    await cp(folder, second, { recursive: true });
    const environment = {
      ...LONG_IDLE_GRACE,
      ...DEADLINE,
      FIRST_DATA_DIR: folder,
      SECOND_DATA_DIR: second,
      LEDGER_FAULT: 'hang',
    };
    const ledgers = twoLedgers.start(environment);
    const [, ...urls] = await ledgers.prints(/listening on (\S+) [^]*listening on (\S+) /);
    let posting = 0;
    const seen = await Promise.all(
      urls.map((url) =>
        postUntilStopped(url, url, CLIENTS + 50, () => {
          if (++posting === urls.length) terminate(ledgers);
        }),
      ),
    );
    expect(await ledgers.ended).toEqual(exit(124));
    for (const one of seen) expectFullDrain(ledgers, one);
    expect(ledgers.output().match(/^stopping: SIGTERM$/gm)).toHaveLength(2);
    expect(ledgers.output().match(/^shutdown /gm)).toHaveLength(2);
    const stored = async (data: string): Promise<Map<number, string>> => {
      const ledger = program.start({ DATA_DIR: data });
      const entries = await listAll(await ledger.ready);
      terminate(ledger);
      expect(await ledger.ended).toEqual(exit(0));
      return new Map(entries.map(({ id, text }) => [id, text]));
    };
    // Either of them may have listened first. Each database has all entries of one load.
    const texts = [await stored(folder), await stored(second)];
    for (const { acknowledged: entries } of seen)
      expect(texts.some((stored) => entries.every(({ id, text }) => stored.get(id) === text))).toBe(true);
  });
});
