import { describe, expect, it } from '@jest/globals';
import type { NodeReactorOptions } from '@triphase/node-reactor';
import { FakeProcess, never } from './fake-process.ts';

/** When, in milliseconds after its run was over, the process was ended by force; undefined if it was not within a minute. */
async function forcedAfter(...options: readonly NodeReactorOptions[]): Promise<number | undefined> {
  const fake = new FakeProcess();
  for (const each of options) await fake.live(fake.reactor(each));
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
  it.each<[string, readonly NodeReactorOptions[], number | undefined]>([
    ['at the deadline, where that is later than 1 s after the run', [{}], 25_000],
    ['1 s after the run, where that is later than the deadline', [deadline(300)], 1_000],
    ['never with forceExit: false', [{ forceExit: false }], undefined],
    ['never without a deadline', [deadline(Infinity)], undefined],
    ['never where it owns no signals', [{ signals: false }], undefined],
    ['never where it owns an empty list of them', [{ signals: [] }], undefined],
    ['at the latest time that any run asks for', [deadline(9_000), deadline(300)], 9_000],
    ['never where any run asks for that', [{ forceExit: false }, deadline(300)], undefined],
    ['as another run asks, where one owns no signals', [deadline(300), { signals: false }], 1_000],
  ])('N11: a process that something holds is ended %s', async (_rule, options, at) => {
    expect(await forcedAfter(...options)).toBe(at);
  });

  it('N11: of very many runs that left something behind the last word names the last ten', async () => {
    const fake = new FakeProcess();
    for (let i = 1; i <= 12; i++) {
      const reactor = fake.reactor({ ...deadline(300), onError: () => {} });
      reactor.on('shutdown', { after: never }, { name: `flush ${String(i)}` });
      void reactor.run();
      void reactor.stop();
      await fake.advance(300);
    }
    await fake.advance(2_000, 500);
    const named = [...(fake.printed.at(-1) ?? '').matchAll(/flush (\d+)/g)].map(([, number]) => Number(number));
    expect(named).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('N11: the last word names what holds the process, and what the run left behind', async () => {
    const fake = new FakeProcess();
    fake.process.getActiveResourcesInfo = () => ['Timeout', 'TCPSocketWrap', 'Timeout'];
    const reactor = fake.reactor({ ...deadline(300), onError: () => {} });
    reactor.on('shutdown', { after: never }, { name: 'flush' });
    void reactor.run();
    void reactor.stop();
    await fake.advance(300);
    await fake.advance(1_000);
    expect(fake.printed).toEqual([
      'the run has ended, but something still holds the process: 2 Timeout, TCPSocketWrap (left behind: flush (after, 0.3 s)); ending it',
    ]);
    expect([fake.exits, fake.process.exitCode]).toEqual([1, 124]);
  });

  it('N11: it waits for what is still to be written, at most 1 s', async () => {
    const fake = new FakeProcess();
    Object.assign(fake.process.stdout, { writableLength: 10, write: () => true });
    await fake.live(fake.reactor(deadline(300)));
    await fake.advance(1_999, 1);
    expect([fake.printed.length, fake.exits]).toEqual([1, 0]);
    await fake.advance(1);
    expect(fake.exits).toBe(1);
  });

  it('N11: it goes at once when all is written', async () => {
    const fake = new FakeProcess();
    let written: () => void = () => {};
    Object.assign(fake.process.stderr, {
      writableLength: 10,
      write: (_text: string, done: () => void) => (written = done),
    });
    await fake.live(fake.reactor(deadline(300)));
    await fake.advance(1_000);
    expect(fake.exits).toBe(0);
    written();
    await fake.settle();
    expect(fake.exits).toBe(1);
  });

  it('N11: after a second signal it is ended 1 s after the run, not at the deadline', async () => {
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

  it('N6: a run that begins meanwhile is not cut, and the process ends after it', async () => {
    const fake = new FakeProcess();
    await fake.live(fake.reactor(deadline(300)));
    await fake.advance(999, 1);
    const later = fake.reactor(deadline(300));
    const run = later.run();
    await fake.advance(60_000, 1_000);
    expect(fake.exits).toBe(0);
    void later.stop();
    await fake.advance(1_000);
    await run;
    expect(fake.exits).toBe(1);
  });

  it('N6: a crashed reactor is no end: it may run again', async () => {
    const fake = new FakeProcess();
    const reactor = fake.reactor();
    void reactor.run();
    reactor.crash();
    await fake.advance(3_600_000);
    expect([fake.exits, fake.process.exitCode, fake.host.outstanding]).toEqual([0, undefined, 0]);
    await fake.live(reactor, 'SIGTERM');
    expect(fake.process.exitCode).toBe(0);
  });

  it('N11: the worst status stands, whichever run ends last', async () => {
    const fake = new FakeProcess();
    const failing = fake.reactor({ onError: () => {} });
    failing.on('shutdown', () => Promise.reject(new Error('no')));
    await fake.live(fake.reactor());
    expect(fake.process.exitCode).toBe(0);
    await fake.live(failing);
    await fake.live(fake.reactor());
    expect(fake.process.exitCode).toBe(1);
  });

  it('N11: a stop that was escalated by hand and left something behind is no success', async () => {
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

  it('N11: with exit: signal the signal is sent at the very end, once, and the status stands where it has no effect', async () => {
    const fake = new FakeProcess();
    const sent: unknown[] = [];
    fake.process.kill = (...args: unknown[]) => {
      sent.push(args);
      return true;
    };
    await fake.live(fake.reactor({ exit: 'signal' }), 'SIGTERM');
    await fake.live(fake.reactor({ exit: 'signal' }), 'SIGTERM');
    expect(sent).toEqual([]);
    Object.assign(fake.process, { removeAllListeners: () => {} });
    fake.host.emit('process', 'exit', 0);
    expect([sent, fake.process.exitCode]).toEqual([[[fake.process.pid, 'SIGTERM']], 143]);
  });
});
