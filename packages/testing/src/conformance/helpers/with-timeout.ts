import { withTimeout } from '@triphase/core';
import { deferred } from '../deferred.ts';
import type { Kit } from '../kit.ts';
import { runThrough, startFully } from '../running.ts';
import { codeOf, rejectionOf } from '../thrown.ts';
import { HOUR, atLeast, settle } from '../time.ts';

/** `withTimeout`: C69. */
export function timeouts(kit: Kit): void {
  const { expect } = kit;

  kit.it('C69', 'withTimeout() settles like its work, and leaves no timed call', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      expect(await withTimeout(reactor, HOUR, Promise.resolve(7))).toBe(7);
      expect(await rejectionOf(withTimeout(reactor, HOUR, () => Promise.reject(new Error('no'))))).toEqual(
        new Error('no'),
      );
      expect(reactor.getDelayedCalls()).toEqual([]);
    });
  });

  kit.it(
    'C69',
    'after its time withTimeout() rejects with TimeoutError, its signal aborts, and its work is ignored',
    async () => {
      const reactor = kit.create();
      await runThrough(reactor, async () => {
        const work = deferred();
        const aborted: boolean[] = [];
        const begun = reactor.now();
        const error = await rejectionOf(
          withTimeout(reactor, 5, (signal) => {
            aborted.push(signal.aborted);
            signal.addEventListener('abort', () => aborted.push(signal.aborted));
            return work.promise;
          }),
        );
        expect([codeOf(error), aborted]).toEqual(['ERR_TRIPHASE_TIMEOUT', [false, true]]);
        expect(atLeast(reactor.now() - begun, 5)).toBe(true);
        work.reject('too late');
        await settle();
      });
    },
  );

  kit.it('C69', 'withTimeout() rejects with the reason of its signal, and when the run ends', async () => {
    const reactor = kit.create();
    const work = (): Promise<void> => deferred().promise;
    await startFully(reactor);
    const controller = new AbortController();
    const given = rejectionOf(withTimeout(reactor, HOUR, work, { signal: controller.signal }));
    controller.abort('enough');
    expect(await given).toBe('enough');
    const cut = rejectionOf(withTimeout(reactor, HOUR, work));
    await reactor.stop();
    expect(codeOf(await cut)).toBe('ERR_TRIPHASE_STOPPED');
  });
}
