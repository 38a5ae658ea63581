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
import { CLIENTS, KEPT_LONG, postUntilTold } from './load.ts';
import type { EntryLoad } from './load.ts';

jest.setTimeout(120_000);

/** Of this `during` may use 6.4 s; answering fifty clients takes little more than the second of grace. */
const DEADLINE = { SHUTDOWN_DEADLINE_MS: '8000' };
/** Connections end before the pending lines come, two seconds after the stop: what hangs is the only thing named. */
const HANG = { LEDGER_FAULT: 'hang', IDLE_GRACE_MS: '1500' };

type Environment = Readonly<Record<string, string>>;

const exit = (code: number): unknown => ({ code, signal: null });

describe('faults and signals while 50 clients post: the exit status, the last lines, and nothing acknowledged is lost', () => {
  let program: Program;
  let two: Program;
  let root: string;
  let folder: string;
  /** All that were ever acknowledged in `folder`, over all lives. */
  const acknowledged: Map<number, string> = new Map();

  beforeAll(async () => {
    program = await buildLedger();
    two = await buildLedger(join('test', 'two-ledgers.ts'));
    root = await mkdtemp(join(tmpdir(), 'ledger-faults-'));
    folder = await databaseFolder('data');
    const ledger = program.start({ DATA_DIR: folder });
    await post(await ledger.ready, 'the first');
    ledger.kill('SIGTERM');
    expect(await ledger.ended).toEqual(exit(0));
  });

  afterAll(async () => {
    await Promise.all([program.remove(), two.remove()]);
    for (const each of [root, folder]) await rm(each, { recursive: true, force: true });
  });

  const note = (entries: readonly Entry[]): void => {
    for (const { id, text } of entries) {
      expect(acknowledged.has(id)).toBe(false);
      acknowledged.set(id, text);
    }
  };

  /** Each life first proves that those before it lost nothing: what was acknowledged is there, as it was sent. */
  async function begin(environment: Environment = {}): Promise<{ ledger: LedgerProcess; url: string }> {
    const ledger = program.start({ DATA_DIR: folder, ...environment });
    const url = await ledger.ready;
    const texts = new Map((await listAll(url)).map(({ id, text }) => [id, text]));
    expect([...acknowledged].filter(([id, text]) => texts.get(id) !== text)).toEqual([]);
    return { ledger, url };
  }

  /** Fifty clients post; `act` is called in the middle of it. Resolves when each of them was told to leave or cut off. */
  async function live(
    environment: Environment,
    act: (ledger: LedgerProcess) => unknown,
  ): Promise<{ ledger: LedgerProcess; seen: EntryLoad }> {
    const { ledger, url } = await begin({ ...KEPT_LONG, ...environment });
    const seen = await postUntilTold(url, JSON.stringify(environment), CLIENTS + 50, () => {
      act(ledger);
    });
    note(seen.acknowledged);
    return { ledger, seen };
  }

  const terminate = (ledger: LedgerProcess): void => {
    ledger.kill('SIGTERM');
  };

  /** Every client got its answer, and every entry of theirs was compared before the end. */
  function expectWholeDrain(ledger: LedgerProcess, seen: EntryLoad): void {
    expect(seen.broken).toEqual([]);
    expect(seen.gone).toBe(CLIENTS);
    const count = seen.acknowledged.length;
    expect(ledger.output()).toContain(`acknowledged ${count} entries, stored ${count} of them\n`);
  }

  /** The timeline of `event`, a line each. */
  function timeline(ledger: LedgerProcess, event: 'startup' | 'shutdown'): string {
    return new RegExp(`^${event} .*(\\n  .*)*`, 'm').exec(ledger.output())![0];
  }

  it('N11: a clean stop ends with 0 and no line but its timeline', async () => {
    const { ledger, seen } = await live(DEADLINE, terminate);
    expect(await ledger.ended).toEqual(exit(0));
    expectWholeDrain(ledger, seen);
    expect(timeline(ledger, 'shutdown')).not.toMatch(/error|abandoned|failed|escalated/);
    expect(ledger.output().trimEnd().endsWith(timeline(ledger, 'shutdown').trimEnd())).toBe(true);
  });

  it.each(['throw', 'reject'])(
    'N11, C14: a trigger that %ss makes it 1; the others run to their end',
    async (fault) => {
      const { ledger, seen } = await live({ ...DEADLINE, LEDGER_FAULT: fault }, terminate);
      expect(await ledger.ended).toEqual(exit(1));
      expectWholeDrain(ledger, seen);
      expect(ledger.output()).toContain(`error in fault (shutdown, during): Error: LEDGER_FAULT=${fault}`);
      expect(timeline(ledger, 'shutdown')).toContain(
        `\n  error: Trigger "fault" (shutdown, during) failed: LEDGER_FAULT=${fault}`,
      );
    },
  );

  it('N8, N11: a trigger that hangs is named and ends with 124, although a socket and an interval hold the process', async () => {
    const { ledger, seen } = await live({ ...DEADLINE, ...HANG }, terminate);
    expect(await ledger.ended).toEqual(exit(124));
    expectWholeDrain(ledger, seen);
    expect(ledger.output()).toContain('still waiting for: fault (during, ');
    expect(timeline(ledger, 'shutdown')).toContain('\n  abandoned: fault (during, ');
    expect(ledger.output().trimEnd().split('\n').at(-1)).toMatch(
      /^the run has ended, but something still holds the process: server on port \d+, timer \(left behind: fault \(during, .*; ending it$/,
    );
  });

  it('N10: a trigger that blocks the thread is named, and the watchdog kills the process (137)', async () => {
    const { ledger, seen } = await live({ SHUTDOWN_DEADLINE_MS: '2000', LEDGER_FAULT: 'block' }, terminate);
    expect(await ledger.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(seen.broken.length).toBeGreaterThan(0);
    expect(ledger.output().trimEnd().split('\n').at(-1)).toBe(
      'the shutdown deadline has passed and trigger "fault" (during) blocks the thread: killing the process',
    );
  });

  it('N5: a second SIGTERM names what it cuts, escalates, and ends with 143', async () => {
    const { ledger, seen } = await live({ ...DEADLINE, ...HANG }, terminate);
    await ledger.prints('still waiting for: fault (');
    terminate(ledger);
    expect(await ledger.ended).toEqual(exit(143));
    expectWholeDrain(ledger, seen);
    expect(ledger.output()).toMatch(/^SIGTERM again: not waiting any longer for fault \(during, \d\.\d s\)$/m);
    expect(timeline(ledger, 'shutdown')).toMatch(/^shutdown .* escalated\n/);
  });

  it('N5: a third SIGTERM ends it at once, far from its deadline', async () => {
    const { ledger, seen } = await live({ ...HANG, SHUTDOWN_DEADLINE_MS: '600000' }, terminate);
    await ledger.prints('still waiting for: fault (');
    terminate(ledger);
    await ledger.prints(/^ {2}abandoned: fault/m);
    await sleep(400); // within 200 ms it would be the second one, doubled
    terminate(ledger);
    // The run is over and has let go of the signal, so this is what a third one does where nobody listens: 143 in a shell.
    expect(await ledger.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expectWholeDrain(ledger, seen);
  });

  it('N5: a second signal within 200 ms is the first one, doubled', async () => {
    const { ledger, seen } = await live(DEADLINE, (target) => {
      target.kill('SIGINT');
      target.kill('SIGTERM');
    });
    expect(await ledger.ended).toEqual(exit(0));
    expectWholeDrain(ledger, seen);
    expect(ledger.output()).not.toContain('again');
    expect(ledger.output().match(/^stopping: /gm)).toHaveLength(1);
  });

  it('C29, N7: SIGTERM in a slow migration: what has started is stopped and nothing else begins; it ends with 0', async () => {
    const ledger = program.start({ DATA_DIR: folder, LEDGER_FAULT: 'slow-migration' });
    await ledger.prints('migrating slowly');
    terminate(ledger);
    expect(await ledger.ended).toEqual(exit(0));
    const [startup, shutdown] = [timeline(ledger, 'startup'), timeline(ledger, 'shutdown')];
    expect(startup).toMatch(/^ {4}database .*\|$/m);
    expect(startup).toMatch(/^ {4}entries .*\|$/m); // cut, which is no failure
    expect(startup).not.toMatch(/^ {4}http/m);
    expect(shutdown).toMatch(/^ {4}database .*\|$/m);
    expect(shutdown).not.toMatch(/^ {4}(entries|http)/m);
    expect(ledger.output()).not.toContain('listening on');
    expect(ledger.output()).not.toContain('error in');
  });

  it('C26: a start that fails ends with 1 and its reason, and stops what had started', async () => {
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

  it('N11: an uncaught exception is told, stops it in order, and makes it 1', async () => {
    const { ledger, seen } = await live({ ...DEADLINE, LEDGER_FAULT: 'uncaught' }, (target) => {
      target.kill('SIGUSR2');
    });
    expect(await ledger.ended).toEqual(exit(1));
    expectWholeDrain(ledger, seen);
    expect(ledger.output()).toContain('error in uncaught exception: Error: LEDGER_FAULT=uncaught');
    expect(ledger.output()).toContain('stopping: uncaught\n');
  });

  it('after all of these lives every acknowledged entry is there', async () => {
    const { ledger } = await begin();
    expect(acknowledged.size).toBeGreaterThanOrEqual(8 * CLIENTS);
    terminate(ledger);
    expect(await ledger.ended).toEqual(exit(0));
  });

  it('N6: of two ledgers in one process the one that is done does not cut the one that hangs; the worse status counts', async () => {
    const second = join(root, 'second');
    await cp(folder, second, { recursive: true });
    const environment = {
      ...KEPT_LONG,
      ...DEADLINE,
      FIRST_DATA_DIR: folder,
      SECOND_DATA_DIR: second,
      LEDGER_FAULT: 'hang',
    };
    const ledgers = two.start(environment);
    const [, ...urls] = await ledgers.prints(/listening on (\S+) [^]*listening on (\S+) /);
    let posting = 0;
    const seen = await Promise.all(
      urls.map((url) =>
        postUntilTold(url, url, CLIENTS + 50, () => {
          if (++posting === urls.length) terminate(ledgers);
        }),
      ),
    );
    expect(await ledgers.ended).toEqual(exit(124));
    for (const one of seen) expectWholeDrain(ledgers, one);
    expect(ledgers.output().match(/^stopping: SIGTERM$/gm)).toHaveLength(2);
    expect(ledgers.output().match(/^shutdown /gm)).toHaveLength(2);
    const stored = async (data: string): Promise<Map<number, string>> => {
      const ledger = program.start({ DATA_DIR: data });
      const entries = await listAll(await ledger.ready);
      terminate(ledger);
      expect(await ledger.ended).toEqual(exit(0));
      return new Map(entries.map(({ id, text }) => [id, text]));
    };
    // Which listened first is left open: each has all of its clients' entries.
    const texts = [await stored(folder), await stored(second)];
    for (const { acknowledged: entries } of seen)
      expect(texts.some((stored) => entries.every(({ id, text }) => stored.get(id) === text))).toBe(true);
  });
});
