import type { StopReason } from '@triphase/core';
import type { Kit } from '../kit.ts';
import { start } from '../running.ts';
import { rejectionOf } from '../thrown.ts';
import { throws } from '../trigger-results.ts';

/** The signal of the reactor: C54. */
export function signal(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C54',
    'the signal of the reactor aborts with the reason of the stop, and no trigger of shutdown has been called yet',
    async () => {
      const reactor = kit.create();
      const { signal } = reactor;
      const seen: unknown[] = [];
      reactor.on('shutdown', { before: () => seen.push(signal.aborted) });
      await start(reactor);
      expect([signal.aborted, reactor.signal === signal]).toEqual([false, true]);
      const reason = { kind: 'done' };
      const ended = reactor.stop(reason);
      expect([signal.aborted, signal.reason === reason]).toEqual([true, true]);
      await ended;
      expect([seen, reactor.signal === signal]).toEqual([[true], true]);
    },
  );

  kit.it(
    'C54',
    'the signal of the reactor that is first read after stop() is already aborted, with the reason',
    async () => {
      const reactor = kit.create();
      await start(reactor);
      const reason = { kind: 'done' };
      const ended = reactor.stop(reason);
      expect([reactor.signal.aborted, reactor.signal.reason === reason]).toEqual([true, true]);
      await ended;
    },
  );

  kit.it('C54', 'the signal of the reactor calls its listeners once', async () => {
    const reactor = kit.create();
    let heard = 0;
    reactor.signal.addEventListener('abort', () => heard++);
    await start(reactor);
    void reactor.stop();
    await reactor.stop();
    expect(heard).toBe(1);
  });

  kit.it('C54', 'the signal of the reactor aborts on a crash, and the next run has a new one', async () => {
    const reactor = kit.create();
    await start(reactor);
    const { signal } = reactor;
    reactor.crash();
    expect([signal.aborted, (signal.reason as StopReason).kind]).toEqual([true, 'crash']); // as: C54
    await start(reactor);
    expect([reactor.signal === signal, reactor.signal.aborted]).toEqual([false, false]);
    await reactor.stop();
  });

  kit.it('C54', 'after a crash the signal of the reactor is that of the next run', async () => {
    const reactor = kit.create();
    const first = reactor.run();
    reactor.crash();
    await first;
    const { signal } = reactor;
    expect(signal.aborted).toBe(false);
    const second = reactor.run();
    expect(reactor.signal).toBe(signal);
    reactor.crash();
    await second;
    expect(signal.aborted).toBe(true);
  });

  kit.it('C54', 'the signal of the reactor aborts when the start fails', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const { signal } = reactor;
    reactor.on('startup', { before: throws('failed') });
    await rejectionOf(reactor.run());
    expect([signal.aborted, (signal.reason as StopReason).kind]).toEqual([true, 'startup-failed']); // as: C54
  });
}
