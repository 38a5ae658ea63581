import { describe, expect, it } from '@jest/globals';
import type { NodeReactorOptions } from '@triphase/node-reactor';
import { sleep } from '@triphase/core';
import { FakeProcess, never } from './fake-process.ts';

/** Milliseconds from the end of the run to the forced end of the process; undefined if there was none within a minute. */
async function forcedAfter(...options: readonly NodeReactorOptions[]): Promise<number | undefined> {
  const fake = new FakeProcess();
  const reactors = options.map((each) => fake.reactor(each));
  const runs = reactors.map((reactor) => reactor.run());
  await fake.settle();
  fake.signal('SIGTERM');
  for (const reactor of reactors) if (reactor.state === 'running') void reactor.stop(); // one with signals: false
  await fake.settle();
  await Promise.all(runs);
  const end = fake.host.now();
  let at: number | undefined;
  fake.process.exit = () => {
    at ??= fake.host.now() - end;
    return undefined as never; // as: a fake process goes on
  };
  await fake.advance(60_000, 500);
  return at;
}

const deadline = (ms: number): NodeReactorOptions => ({ limits: { shutdown: { deadline: ms } } });

describe('the end of a process', () => {
  it.each<{ readonly rule: string; readonly options: readonly NodeReactorOptions[]; readonly at: number | undefined }>([
    { rule: '1 s after the run', options: [{}], at: 1_000 },
    { rule: '1 s after the run, whatever the deadline', options: [deadline(300)], at: 1_000 },
    { rule: '1 s after the run without a deadline too', options: [deadline(Infinity)], at: 1_000 },
    { rule: 'never with forceExit: false', options: [{ forceExit: false }], at: undefined },
    { rule: 'never with signals: false', options: [{ signals: false }], at: undefined },
    { rule: 'never with signals: []', options: [{ signals: [] }], at: undefined },
    {
      rule: 'never if one of its runs has forceExit: false',
      options: [{ forceExit: false }, deadline(300)],
      at: undefined,
    },
    {
      rule: '1 s after the run if another run has signals: false',
      options: [deadline(300), { signals: false }],
      at: 1_000,
    },
  ])('N11: a process that something keeps alive is ended $rule', async ({ options, at }) => {
    expect(await forcedAfter(...options)).toBe(at);
  });

  it.each<{
    readonly rule: string;
    readonly kind: string;
    readonly options: NodeReactorOptions;
    readonly exits: number;
  }>([
    { rule: 'never after the program’s own stop()', kind: 'stop', options: {}, exits: 0 },
    { rule: 'never after a stop with a reason of the program', kind: 'made-up', options: {}, exits: 0 },
    { rule: 'never after dispose', kind: 'dispose', options: {}, exits: 0 },
    {
      rule: 'after the program’s own stop() with forceExit: true',
      kind: 'stop',
      options: { forceExit: true },
      exits: 1,
    },
    { rule: 'after a service has failed', kind: 'service-failed', options: {}, exits: 1 },
    { rule: 'after a restart', kind: 'restart', options: {}, exits: 1 },
  ])('N11: a process that something keeps alive is ended $rule', async ({ kind, options, exits }) => {
    const fake = new FakeProcess();
    const reactor = fake.reactor(options);
    void reactor.run();
    void reactor.stop({ kind });
    await fake.advance(60_000, 500);
    expect(fake.exits).toBe(exits);
  });

  it('N11: a signal that comes during the program’s own stop() ends the process, too', async () => {
    const fake = new FakeProcess();
    const reactor = fake.reactor();
    reactor.on('shutdown', () => sleep(reactor, 100));
    void reactor.run();
    void reactor.stop();
    await fake.advance(50);
    fake.signal('SIGTERM');
    await fake.advance(2_000, 50);
    expect(fake.exits).toBe(1);
  });

  it('N11: a failed start ends the process', async () => {
    const fake = new FakeProcess();
    const reactor = fake.reactor({ onError: () => {} });
    reactor.on('startup', { before: () => Promise.reject(new Error('no')) });
    const run = reactor.run().catch(() => undefined);
    await fake.advance(2_000, 50);
    await run;
    expect([fake.exits, fake.process.exitCode]).toEqual([1, 1]);
  });

  it('N11: a crash that ends a stop leaves the status 1', async () => {
    const fake = new FakeProcess();
    const reactor = fake.reactor();
    reactor.on('shutdown', never);
    void reactor.run();
    await fake.settle();
    fake.signal('SIGTERM');
    await fake.advance(100);
    reactor.crash();
    await fake.settle();
    expect(fake.process.exitCode).toBe(1);
  });

  it('N11: of 12 runs that abandoned something the last line names the last ten', async () => {
    const fake = new FakeProcess();
    for (let i = 1; i <= 12; i++) {
      const reactor = fake.reactor({ ...deadline(300), onError: () => {} });
      reactor.on('shutdown', { after: never }, { name: `flush ${String(i)}` });
      void reactor.run();
      await fake.settle();
      fake.signal('SIGTERM');
      await fake.advance(300);
    }
    await fake.advance(2_000, 500);
    const named = [...(fake.printed.at(-1) ?? '').matchAll(/flush (\d+)/g)].map(([, number]) => Number(number));
    expect(named).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('N11: the last line names what keeps the process alive, and what the run has abandoned', async () => {
    const fake = new FakeProcess();
    fake.process.getActiveResourcesInfo = () => ['Timeout', 'FSReqCallback', 'Timeout'];
    const reactor = fake.reactor({ ...deadline(300), onError: () => {} });
    reactor.on('shutdown', { after: never }, { name: 'flush' });
    void reactor.run();
    await fake.settle();
    fake.signal('SIGTERM');
    await fake.advance(300);
    await fake.advance(1_000);
    expect(fake.printed).toEqual([
      'the run has ended, but something still holds the process: 2 × timer, FSReqCallback (left behind: flush (after, 0.3 s)); ending it',
    ]);
    expect([fake.exits, fake.process.exitCode]).toEqual([1, 124]);
  });

  it('N11: output delays the end as long as it is being read; if it is not, it is lost, and the status is 1', async () => {
    const fake = new FakeProcess();
    const stdout = Object.assign(fake.process.stdout, { writableLength: 10_000 });
    await fake.live(fake.reactor(), 'SIGTERM');
    for (let i = 0; i < 100; i++) {
      stdout.writableLength -= 10;
      await fake.advance(100, 10);
    }
    expect([fake.printed, fake.exits, fake.process.exitCode]).toEqual([[], 0, 0]);
    await fake.advance(900, 10);
    expect(fake.exits).toBe(0);
    await fake.advance(200, 10);
    expect([fake.printed.length, fake.exits, fake.process.exitCode]).toEqual([1, 1, 1]);
  });

  it('N11: output that is being read delays the end until the deadline at most', async () => {
    const fake = new FakeProcess();
    const stdout = Object.assign(fake.process.stdout, { writableLength: 10_000 });
    await fake.live(fake.reactor(deadline(5_000)), 'SIGTERM');
    const read = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 50) {
        stdout.writableLength -= 1;
        await fake.advance(50);
      }
    };
    await read(4_900);
    expect(fake.exits).toBe(0);
    await read(200);
    expect([fake.exits, fake.process.exitCode]).toEqual([1, 1]);
  });

  it('N11: the process ends as soon as all output is written', async () => {
    const fake = new FakeProcess();
    const stdout = Object.assign(fake.process.stdout, { writableLength: 0, _handle: { writeQueueSize: 10 } });
    await fake.live(fake.reactor(), 'SIGTERM');
    await fake.advance(1_500, 10);
    expect(fake.exits).toBe(0);
    stdout._handle.writeQueueSize = 0;
    await fake.advance(50, 10);
    expect([fake.exits, fake.process.exitCode]).toEqual([1, 0]);
  });

  it('N11: after a second signal the process is ended 1 s after the run, not at the deadline', async () => {
    const fake = new FakeProcess();
    const reactor = fake.reactor({ onError: () => {} });
    reactor.on('shutdown', never, { name: 'flush' });
    const run = reactor.run();
    await fake.settle();
    fake.signal('SIGTERM');
    await fake.advance(300);
    fake.signal('SIGTERM');
    await run;
    await fake.advance(999, 1);
    expect(fake.exits).toBe(0);
    await fake.advance(1);
    expect([fake.exits, fake.process.exitCode]).toEqual([1, 143]);
  });

  it('N11: a program that runs another reactor after a signal, and stops that itself, is not ended', async () => {
    const fake = new FakeProcess();
    await fake.live(fake.reactor(), 'SIGTERM');
    await fake.live(fake.reactor());
    await fake.advance(60_000, 500);
    expect(fake.exits).toBe(0);
  });

  it('N6: a run that begins before the forced end is not cut, and the process is ended after it', async () => {
    const fake = new FakeProcess();
    await fake.live(fake.reactor(deadline(300)), 'SIGTERM');
    await fake.advance(999, 1);
    const later = fake.reactor(deadline(300));
    const run = later.run();
    await fake.advance(60_000, 1_000);
    expect(fake.exits).toBe(0);
    fake.signal('SIGTERM');
    await fake.advance(1_000);
    await run;
    expect(fake.exits).toBe(1);
  });

  it('N6: the process is not ended after crash(): the reactor may run again', async () => {
    const fake = new FakeProcess();
    const reactor = fake.reactor();
    void reactor.run();
    reactor.crash();
    await fake.advance(3_600_000);
    expect([fake.exits, fake.process.exitCode, fake.host.outstanding]).toEqual([0, undefined, 0]);
    await fake.live(reactor, 'SIGTERM');
    expect(fake.process.exitCode).toBe(0);
  });

  it('N11: the worst status of all runs counts, not that of the last run', async () => {
    const fake = new FakeProcess();
    const failing = fake.reactor({ onError: () => {} });
    failing.on('shutdown', () => Promise.reject(new Error('no')));
    await fake.live(fake.reactor());
    expect(fake.process.exitCode).toBe(0);
    await fake.live(failing);
    await fake.live(fake.reactor());
    expect(fake.process.exitCode).toBe(1);
  });

  it('N11: after a stop that escalate() has cut, and that abandoned something, the status is 1', async () => {
    const fake = new FakeProcess();
    const reactor = fake.reactor({ onError: () => {} });
    reactor.on('shutdown', never);
    const run = reactor.run();
    void reactor.stop();
    await fake.settle();
    reactor.escalate();
    await run;
    expect(fake.process.exitCode).toBe(1);
  });

  it('N11: with exit: signal the signal is sent once, in the exit event; the status counts if the signal has no effect', async () => {
    const fake = new FakeProcess();
    const sent: unknown[] = [];
    fake.process.kill = (...args: unknown[]) => {
      sent.push(args);
      return true;
    };
    await fake.live(fake.reactor({ exit: 'signal' }), 'SIGTERM');
    await fake.advance(200);
    await fake.live(fake.reactor({ exit: 'signal' }), 'SIGTERM');
    expect(sent).toEqual([]);
    Object.assign(fake.process, { removeAllListeners: () => {} });
    fake.host.emit('process', 'exit', 0);
    expect([sent, fake.process.exitCode]).toEqual([[[fake.process.pid, 'SIGTERM']], 143]);
  });
});
