import { describe, expect, it } from '@jest/globals';
import { ManualReactor, RunawayError } from '@triphase/testing';

const never = (): Promise<never> => new Promise(() => undefined);

describe('ManualReactor: triggers that never settle', () => {
  it.each([true, false])('C49: start() names a startup trigger that never settles (autojump: %s)', async (autojump) => {
    const reactor = new ManualReactor({ autojump, patienceMs: 50 });
    reactor.on('startup', { before: never }, { name: 'migrate' });
    const error: unknown = await reactor.start().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RunawayError);
    expect([(error as RunawayError).culprit, (error as RunawayError).message]).toEqual([
      'migrate',
      'nothing has happened for 50 ms of real time, and the reactor is starting: it waits for trigger "migrate" (startup, before). Let that settle, give it a timeout, or raise patienceMs',
    ]);
  });

  it('C49: finish() names services, triggers and work that never settle', async () => {
    const reactor = new ManualReactor({ patienceMs: 50 });
    reactor.use({ name: 'db', startup: { during: () => undefined }, shutdown: { before: never } });
    reactor.on('shutdown', { before: never }, { name: 'flush' });
    await reactor.start();
    reactor.waitUntil(never(), { name: 'report' });
    await expect(reactor.finish()).rejects.toThrow(
      /it waits for (?=.*service "db" \(shutdown, before\))(?=.*trigger "flush" \(shutdown, before\))(?=.*work "report" \(shutdown, before\))/,
    );
    expect(reactor.state).toBe('stopping');
  });

  it('C49: when the start fails, the error of start() names a shutdown trigger that never settles', async () => {
    const reactor = new ManualReactor({ patienceMs: 50, onError: () => undefined });
    reactor.on('startup', { before: () => Promise.reject(new Error('refused')) });
    reactor.on('shutdown', { after: never }, { name: 'close' });
    await expect(reactor.start()).rejects.toThrow(/the reactor is stopping: it waits for trigger "close"/);
  });

  it('C49: a trigger that never settles is abandoned at its limit in virtual time, and start() resolves', async () => {
    const reactor = new ManualReactor({ patienceMs: 50, onError: () => undefined });
    reactor.on('startup', { after: never }, { timeout: 60_000 });
    expect((await reactor.start()).errors.length).toBe(1);
    expect(reactor.now()).toBe(60_000);
    await reactor.finish();
  });

  it('C49: start() waits for a real timer', async () => {
    const reactor = new ManualReactor({ patienceMs: Infinity });
    reactor.on('startup', () => new Promise((resolve) => setTimeout(resolve, 30)));
    expect((await reactor.start()).errors).toEqual([]);
    await reactor.finish();
  });

  it.each([
    { patienceMs: '5', error: TypeError },
    { patienceMs: -1, error: RangeError },
    { patienceMs: NaN, error: RangeError },
  ])('C49: patienceMs: $patienceMs throws', ({ patienceMs, error }) => {
    expect(() => new ManualReactor({ patienceMs: patienceMs as number })).toThrow(error); // as: what callers without types pass
  });
});
