import { describe, expect, it } from '@jest/globals';
import { addService, inFlight, removeService, resource, restartService, sleep } from '@triphase/core';
import { create, outcome } from './service-bench.ts';

/** A reactor with a gate and its need, a resource. While `slow.is`, opening the resource is pending until `slow.end()`. */
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

describe('a gate that has not started', () => {
  it('C31, C62: after a crash in a stop calls wait for the start of the gate in the next run', async () => {
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

  it('C31, C63: after a crash calls also wait for a gate that was removed and is being added again', async () => {
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

  it('C62: waiting calls reject at a stop, also when the kind of its reason is crash', async () => {
    const { reactor } = create();
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

  it('C63: calls wait for the start of a gate that is being added again', async () => {
    const { reactor } = create();
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
  it('C60, C62: stop() rejects the calls that wait for the restart', async () => {
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

  it('C31, C62: after a crash in the restart calls wait for the start of the gate in the next run', async () => {
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

describe('a gate after a crash', () => {
  it('C31, C62: calls wait until the needs of the gate have started again', async () => {
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

  it('C31, C62: in the run after the crash, a call during the stop rejects, also when it is the first call since the crash', async () => {
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

  it('C31, C60, C62: the gate opens again after a crash while it was closing for a restart', async () => {
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

  it('C31, C62: a stop before the gate has started waits for running calls before its needs stop', async () => {
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
