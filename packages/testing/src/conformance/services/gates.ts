import { type Gate, type GateOptions, inFlight, restartService } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { runThrough, startFully } from '../running.ts';
import { notingService } from '../sample-services.ts';
import { codeOf, rejectionOf } from '../thrown.ts';
import { delay, promiseJobs, settle } from '../time.ts';

/** Gates, which limit how much work runs at once. C62 */
export function gates(kit: Kit): void {
  slots(kit);
  closing(kit);
}

/** Runs work in a gate: it adds `name` to the journal and is pending until `end()`. */
function runJob(gate: Gate, journal: Journal, name: string): { readonly result: Promise<void>; end(): void } {
  const { promise, resolve } = deferred();
  const result = gate.run(() => {
    journal.notes(name)();
    return promise;
  });
  result.catch(() => undefined);
  return { result, end: resolve };
}

function slots(kit: Kit): void {
  const { expect } = kit;

  kit.it('C62', 'a gate runs calls in their order, and at most concurrency at once', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const gate = reactor.use(inFlight('jobs', { concurrency: 2 }));
    await startFully(reactor);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => runJob(gate, journal, name));
    await promiseJobs();
    expect([journal.entries, gate.status?.()]).toEqual([['a', 'b'], '2 running, 2 waiting']);
    b?.end();
    await b?.result;
    await promiseJobs();
    expect(journal.entries).toEqual(['a', 'b', 'c']);
    for (const each of [a, c, d]) each?.end();
    for (const each of [a, c, d]) await each?.result;
    expect(journal.entries).toEqual(['a', 'b', 'c', 'd']);
    await reactor.stop();
  });

  kit.it('C62', 'run() of a gate settles with the result or the error of its function', async () => {
    const reactor = kit.create();
    const gate = reactor.use(inFlight('jobs'));
    await runThrough(reactor, async () => {
      expect(await gate.run(() => 7)).toBe(7);
      expect(await gate.run(({ signal }) => Promise.resolve(signal.aborted))).toBe(false);
      expect(String(await rejectionOf(gate.run(() => Promise.reject(new Error('bad job')))))).toBe('Error: bad job');
    });
  });

  kit.it('C62', 'calls wait until the gate has started; more than maxWaiting reject with GateFullError', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const gate = reactor.use(inFlight('jobs', { maxWaiting: 2 }));
    const waiting = ['a', 'b'].map((name) => runJob(gate, journal, name));
    const refused = await rejectionOf(gate.run(() => undefined));
    expect([codeOf(refused), journal.entries]).toEqual(['ERR_TRIPHASE_GATE_FULL', []]);
    await startFully(reactor);
    await promiseJobs();
    expect(journal.entries).toEqual(['a', 'b']);
    for (const { end } of waiting) end();
    await reactor.stop();
  });

  kit.it(
    'C62',
    'free() resolves when there is a slot that no call waits for, and rejects when its signal aborts',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const gate = reactor.use(inFlight('jobs', { concurrency: 1 }));
      await startFully(reactor);
      await gate.free();
      const [first, second] = ['a', 'b'].map((name) => runJob(gate, journal, name));
      void gate.free().then(journal.notes('free'));
      const controller = new AbortController();
      const rejected = rejectionOf(gate.free({ signal: controller.signal }));
      controller.abort('enough');
      expect(await rejected).toBe('enough');
      first?.end();
      await first?.result;
      await promiseJobs();
      expect(journal.entries).toEqual(['a', 'b']);
      second?.end();
      await promiseJobs();
      expect(journal.entries).toEqual(['a', 'b', 'free']);
      await reactor.stop();
    },
  );

  kit.it('C62', 'calls wait while the gate is restarted', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const gate = reactor.use(inFlight('jobs'));
    await startFully(reactor);
    const running = runJob(gate, journal, 'a');
    await promiseJobs();
    const restarted = restartService(reactor, gate);
    await settle();
    const waiting = runJob(gate, journal, 'b');
    await settle();
    expect(journal.entries).toEqual(['a']);
    running.end();
    await restarted;
    await promiseJobs();
    expect(journal.entries).toEqual(['a', 'b']);
    waiting.end();
    await reactor.stop();
  });

  kit.it('C62', 'inFlight() throws for options out of range and for unknown options', () => {
    const make = (options: GateOptions) => (): unknown => inFlight('jobs', options);
    expect(make({ concurrency: 0 })).toThrow(RangeError);
    expect(make({ maxWaiting: -1 })).toThrow(RangeError);
    expect(make({ drainTimeout: NaN })).toThrow(RangeError);
    const typo: Record<string, number> = { concurency: 1 };
    expect(make(typo)).toThrow('did you mean "concurrency"?');
  });
}

function closing(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C62',
    'stop() rejects new and waiting calls, and waits for running ones before the needs of the gate stop',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const db = reactor.use(notingService('db', journal));
      const gate = reactor.use(inFlight('jobs', { concurrency: 1, needs: [db] }));
      await startFully(reactor);
      const running = runJob(gate, journal, 'a');
      const waiting = rejectionOf(runJob(gate, journal, 'never').result);
      await promiseJobs();
      const ended = reactor.stop();
      await delay(reactor, 1);
      const codes = [await waiting, await rejectionOf(gate.run(() => undefined)), await rejectionOf(gate.free())];
      expect(codes.map(codeOf)).toEqual(Array.from({ length: 3 }, () => 'ERR_TRIPHASE_STOPPING'));
      await settle();
      expect(journal.entries).toEqual(['+db', 'a']);
      running.end();
      await running.result;
      expect((await ended).errors).toEqual([]);
      expect(journal.entries).toEqual(['+db', 'a', '-db']);
    },
  );

  kit.it('C62', 'a gate that a service needs closes after that service has stopped', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const gate = reactor.use(inFlight('jobs'));
    const stopping = journal.pends('-web');
    reactor.use({ name: 'web', needs: [gate], shutdown: { during: stopping.trigger } });
    await startFully(reactor);
    const ended = reactor.stop();
    await stopping.called;
    expect(await gate.run(() => 7)).toBe(7);
    stopping.resolve();
    await ended;
    expect(codeOf(await rejectionOf(gate.run(() => 7)))).toBe('ERR_TRIPHASE_STOPPING');
  });

  kit.it(
    'C62',
    'at drainTimeout the signals of running calls abort, and onAbandoned is called before the needs of the gate stop',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const db = reactor.use(notingService('db', journal));
      const gate = reactor.use(inFlight('jobs', { needs: [db], drainTimeout: 10 }));
      await startFully(reactor);
      const reasons: unknown[] = [];
      const job: Parameters<typeof gate.run>[0] = ({ signal }): Promise<void> => {
        signal.addEventListener('abort', () => reasons.push(signal.reason));
        return deferred().promise;
      };
      const onAbandoned = async (): Promise<void> => {
        await settle();
        journal.notes('given back')();
      };
      void gate.run(job, { onAbandoned });
      const { errors, shutdown } = await reactor.stop();
      expect([reasons.map(codeOf), journal.entries]).toEqual([['ERR_TRIPHASE_TIMEOUT'], ['+db', 'given back', '-db']]);
      expect([errors, shutdown?.abandoned]).toEqual([[], []]);
    },
  );

  kit.it('C62', 'when onAbandoned fails, the error is in the result of the stop', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const gate = reactor.use(inFlight('jobs', { drainTimeout: 1 }));
    await startFully(reactor);
    const onAbandoned = (): Promise<never> => Promise.reject(new Error('queue is gone'));
    void gate.run(() => deferred().promise, { onAbandoned });
    const { errors } = await reactor.stop();
    expect([errors.length, record.errors.length]).toEqual([1, 1]);
  });

  kit.it(
    'C62',
    'a call without onAbandoned may run until the limit of the phase; then the report lists the gate as abandoned',
    async () => {
      const reactor = kit.create({ limits: { shutdown: { before: 20 } }, onError: () => undefined });
      const gate = reactor.use(inFlight('jobs', { drainTimeout: 1 }));
      await startFully(reactor);
      void gate.run(() => deferred().promise);
      const { shutdown } = await reactor.stop();
      expect(shutdown?.abandoned.map(({ name }) => name)).toEqual(['jobs']);
    },
  );

  kit.it('C62', 'a gate that has not started rejects waiting calls as soon as stopping begins', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const opening = journal.pends('+db');
    const db = reactor.use({ name: 'db', startup: { during: opening.trigger } });
    const gate = reactor.use(inFlight('jobs', { needs: [db] }));
    const waiting = rejectionOf(gate.run(() => undefined));
    const ended = reactor.run();
    await opening.called;
    void reactor.stop();
    expect(codeOf(await waiting)).toBe('ERR_TRIPHASE_STOPPING');
    opening.resolve();
    await ended;
  });

  kit.it('C62', 'after a crash running calls go on, and the gate is open in the next run', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const gate = reactor.use(inFlight('jobs'));
    const { ended } = await startFully(reactor);
    const running = runJob(gate, journal, 'a');
    await promiseJobs();
    reactor.crash();
    await ended;
    await startFully(reactor);
    expect(await gate.run(() => 7)).toBe(7);
    const last = reactor.stop();
    void last.then(journal.notes('over'));
    await delay(reactor, 1);
    await settle();
    expect(journal.entries).toEqual(['a']);
    running.end();
    await running.result;
    expect((await last).errors).toEqual([]);
  });
}
