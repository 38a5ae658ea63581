import { describe, expect, it } from '@jest/globals';
import { addService, inFlight, removeService, resource, restartService, sleep } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';
import { create } from './service-bench.ts';

/** A reactor with a gate, and a database that the gate needs: its start waits for the test while `isSlow`. */
function withSlowNeed() {
  const bench = create();
  const { reactor } = bench;
  const slow = { is: true, end: (): void => undefined };
  const db = reactor.use(
    resource('db', () => (slow.is ? new Promise<void>((resolve) => (slow.end = resolve)) : undefined)),
  );
  const gate = reactor.use(inFlight('jobs', { needs: [db] }));
  const ran: string[] = [];
  const call = (name: string): Promise<unknown> =>
    gate.run(() => ran.push(name)).catch((error: unknown) => ran.push(`${name}: ${(error as Error).name}`));
  return { ...bench, slow, db, gate, ran, call };
}

/** A reactor, and what was reported and logged. */
function watched(): { reactor: ManualReactor; reported: unknown[]; logged: string[] } {
  const reported: unknown[] = [];
  const logged: string[] = [];
  const log = (line: string): void => {
    logged.push(line);
  };
  const reactor = new ManualReactor({
    onError: (error) => {
      reported.push(error);
    },
    logger: { info: log, warn: log, error: log },
  });
  return { reactor, reported, logged };
}

async function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.name : typeof error),
  );
}

describe('a gate that has not started', () => {
  it('C31, C62: closed by a stop that a crash has cut, it has calls wait in the next run', async () => {
    const { reactor, slow, ran, call } = withSlowNeed();
    void reactor.run();
    await reactor.advanceAsync(0);
    void reactor.stop();
    await reactor.advanceAsync(0);
    void call('late');
    await reactor.advanceAsync(0);
    expect(ran).toEqual(['late: ReactorStoppingError']);
    reactor.crash();
    void reactor.run();
    await reactor.advanceAsync(0);
    void call('first');
    await reactor.advanceAsync(0);
    expect(ran.slice(1)).toEqual([]);
    slow.end();
    await reactor.advanceAsync(0);
    expect(ran.slice(1)).toEqual(['first']);
    await reactor.finish();
  });

  it('C31, C63: nor is one open that was added again, after it had run before', async () => {
    const { reactor, slow, db, gate, ran, call } = withSlowNeed();
    slow.is = false;
    await reactor.start();
    await removeService(reactor, gate);
    slow.is = true;
    const changes = [restartService(reactor, db), addService(reactor, gate)].map((each) => each.catch(() => undefined));
    await reactor.advanceAsync(0);
    void reactor.stop();
    void call('late');
    await reactor.advanceAsync(0);
    expect(ran).toEqual(['late: ReactorStoppingError']);
    reactor.crash();
    await Promise.all(changes);
    void reactor.run();
    void call('first');
    await reactor.advanceAsync(0);
    expect(ran.slice(1)).toEqual([]);
    slow.end();
    await reactor.advanceAsync(0);
    expect(ran.slice(1)).toEqual(['first']);
    await reactor.finish();
  });

  it('C62: a gate that has not started refuses what waits, also when the reason of the stop is called crash', async () => {
    const { reactor } = watched();
    let open: () => void = () => undefined;
    const db = reactor.use(
      resource(
        'db',
        () =>
          new Promise<void>((resolve) => {
            open = resolve;
          }),
      ),
    );
    const gate = reactor.use(inFlight('jobs', { needs: [db] }));
    const waiting = outcome(gate.run(() => 1));
    void reactor.run();
    await reactor.advanceAsync(0);
    void reactor.stop({ kind: 'crash' });
    expect(await waiting).toBe('ReactorStoppingError');
    open();
    await reactor.finish();
  });

  it('C63: a gate that is added again has calls wait until it has started', async () => {
    const { reactor } = watched();
    let slow = Promise.resolve();
    const db = reactor.use(resource('db', () => slow));
    const gate = inFlight('jobs', { needs: [db] });
    await reactor.start();
    const steps = [addService(reactor, gate), removeService(reactor, gate)];
    await reactor.advanceAsync(1);
    await Promise.all(steps);
    expect(await outcome(gate.run(() => 1))).toBe('ReactorStoppingError');
    slow = sleep(reactor, 50);
    const restarted = restartService(reactor, db);
    const added = addService(reactor, gate);
    const call = outcome(gate.run(() => 1));
    await reactor.advanceAsync(100);
    await Promise.all([restarted, added]);
    expect(await call).toBe('done');
    await reactor.finish();
  });
});

describe('a restart of a gate', () => {
  it('C60, C62: a stop refuses the calls that wait for it', async () => {
    const { reactor, slow, db, ran, call } = withSlowNeed();
    slow.is = false;
    await reactor.start();
    slow.is = true;
    const restarted = restartService(reactor, db).catch(() => undefined);
    await reactor.advanceAsync(0);
    void call('waiting');
    await reactor.advanceAsync(0);
    expect(ran).toEqual([]);
    void reactor.stop();
    await reactor.advanceAsync(0);
    expect(ran).toEqual(['waiting: ReactorStoppingError']);
    slow.end();
    await reactor.finish();
    await restarted;
  });

  it('C31, C62: one that a crash has cut goes on in the next run, and calls wait for it', async () => {
    const { reactor, slow, db, ran, call } = withSlowNeed();
    slow.is = false;
    await reactor.start();
    slow.is = true;
    const restarted = restartService(reactor, db).catch(() => undefined);
    await reactor.advanceAsync(0);
    reactor.crash();
    await restarted;
    void reactor.run();
    await reactor.advanceAsync(0);
    void call('first');
    await reactor.advanceAsync(0);
    expect(ran).toEqual([]);
    slow.end();
    await reactor.advanceAsync(0);
    expect(ran).toEqual(['first']);
    await reactor.finish();
  });
});

describe('a gate in the run after a crash', () => {
  it('C31, C62: holds calls until what it needs has started anew', async () => {
    const { reactor } = create();
    const starts: (() => void)[] = [];
    const pending = (): Promise<void> => new Promise((resolve) => starts.push(resolve));
    const db = reactor.use({ name: 'db', startup: { during: pending, after: pending } });
    const gate = reactor.use(inFlight('jobs', { needs: [db], concurrency: 1 }));
    const ran: string[] = [];
    const call = (name: string): void => {
      gate.run(() => ran.push(name)).catch(() => undefined);
    };
    void reactor.run();
    await reactor.advanceAsync(0);
    starts.pop()?.();
    await reactor.advanceAsync(0);
    let end = (): void => undefined;
    void gate.run(() => new Promise<void>((resolve) => (end = resolve)));
    call('waiting');
    await reactor.advanceAsync(0);
    reactor.crash(); // the second function of db is pending: the next run starts it from the beginning
    void reactor.run();
    await reactor.advanceAsync(0);
    end();
    call('new');
    await reactor.advanceAsync(0);
    expect(ran).toEqual([]);
    for (const start of starts) start();
    await reactor.advanceAsync(0);
    expect(ran).toEqual(['waiting', 'new']);
    for (const start of starts) start();
    await reactor.finish();
  });

  it('C31, C62: stays closed once it has closed, though nobody has used it since the crash', async () => {
    const { reactor, slow, ran, gate, call } = withSlowNeed();
    slow.is = false;
    let close = (): void => undefined;
    reactor.on('shutdown', { during: () => new Promise<void>((resolve) => (close = resolve)) });
    await reactor.start();
    await gate.run(() => 1);
    reactor.crash();
    await reactor.start();
    void reactor.stop();
    await reactor.advanceAsync(0);
    void call('late');
    await reactor.advanceAsync(0);
    expect(ran).toEqual(['late: ReactorStoppingError']);
    close();
    await reactor.finish();
  });

  it('C31, C60, C62: opens again where the crash has come while it closed for a restart', async () => {
    const { reactor, slow, gate, ran, call } = withSlowNeed();
    slow.is = false;
    await reactor.start();
    let end = (): void => undefined;
    void gate.run(() => new Promise<void>((resolve) => (end = resolve)));
    const restarted = restartService(reactor, gate).catch(() => undefined);
    await reactor.advanceAsync(0);
    void call('waiting');
    reactor.crash();
    await restarted;
    await reactor.start();
    await reactor.advanceAsync(0);
    expect(ran).toEqual(['waiting']);
    end();
    await reactor.finish();
  });

  it('C31, C62: stopped before it has started, still waits for what is running before what it needs closes', async () => {
    const { reactor } = create();
    const log: string[] = [];
    const db = reactor.use(
      resource(
        'db',
        () => 1,
        () => log.push('db closes'),
      ),
    );
    const gate = reactor.use(inFlight('jobs', { needs: [db] }));
    await reactor.start();
    let end = (): void => undefined;
    const work = gate.run(() => new Promise<void>((resolve) => (end = resolve)));
    void work.then(() => log.push('work ends'));
    await reactor.advanceAsync(0);
    reactor.crash();
    let start = (): void => undefined;
    reactor.on('startup', { before: () => new Promise<void>((resolve) => (start = resolve)) });
    void reactor.run();
    await reactor.advanceAsync(0);
    void reactor.stop();
    start();
    await reactor.advanceAsync(0);
    expect(log).toEqual([]);
    end();
    await reactor.finish();
    expect(log).toEqual(['work ends', 'db closes']);
  });
});
