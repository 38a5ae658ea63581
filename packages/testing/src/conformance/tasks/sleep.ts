import { sleep } from '@triphase/core';
import { CountingSignal } from '../counting-signal.ts';
import type { Kit } from '../kit.ts';
import { runThrough, start } from '../running.ts';
import { codeOf, rejectionOf } from '../thrown.ts';
import { HOUR } from '../time.ts';

/** `sleep`: C44. */
export function sleeping(kit: Kit): void {
  const { expect } = kit;

  kit.it('C44', 'sleep() resolves after its time, never before', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const end = reactor.now() + 7;
      await sleep(reactor, 7);
      expect(reactor.now() >= end).toBe(true);
    });
  });

  kit.it('C44', 'sleep() rejects with the reason of its signal, and leaves no timed call', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    const slept = sleep(reactor, HOUR, { signal });
    expect(signal.listeners).toBe(1);
    signal.abort('enough');
    expect(await rejectionOf(slept)).toBe('enough');
    expect(signal.listeners).toBe(0);
    expect(reactor.getDelayedCalls().length).toBe(0);
  });

  kit.it('C44', 'sleep() with a signal that is already aborted rejects, and schedules nothing', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    signal.abort('before');
    expect(await rejectionOf(sleep(reactor, HOUR, { signal }))).toBe('before');
    expect(signal.listeners).toBe(0);
    expect(reactor.getDelayedCalls().length).toBe(0);
  });

  kit.it('C44', 'sleep() leaves no listener on its signal when it is over', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    await runThrough(reactor, () => sleep(reactor, 1, { signal }));
    expect(signal.listeners).toBe(0);
  });

  kit.it(
    'C44',
    'sleep() with a signal rejects with ReactorStoppedError at the end of the run, and leaves no listener',
    async () => {
      const reactor = kit.create();
      const signal = new CountingSignal();
      await start(reactor);
      const slept = sleep(reactor, HOUR, { signal });
      void reactor.stop();
      expect(codeOf(await rejectionOf(slept))).toBe('ERR_TRIPHASE_STOPPED');
      expect(signal.listeners).toBe(0);
    },
  );

  kit.it('C44', 'sleep() on a stopped reactor rejects at once', async () => {
    const reactor = kit.create();
    await runThrough(reactor, () => undefined);
    expect(codeOf(await rejectionOf(sleep(reactor, HOUR)))).toBe('ERR_TRIPHASE_STOPPED');
  });
}
