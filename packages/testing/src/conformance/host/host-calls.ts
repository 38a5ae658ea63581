import { countHolders } from '../../host-globals.ts';
import { countingHost } from '../counting-host.ts';
import { deferred } from '../deferred.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { nextTurn, runThrough, start } from '../running.ts';
import { delay, delayElsewhere, realPause, settle } from '../time.ts';

/** When a reactor calls its host, and how often: C1, C2, and the keep-alive of C25. */
export function hostCalls(kit: Kit): void {
  const { expect } = kit;

  kit.it('C1', 'a requested turn comes once, and later, never inside the request', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const ran: string[] = [];
      const called = deferred();
      reactor.callSoon(() => {
        ran.push('call');
        called.resolve();
      });
      expect(ran).toEqual([]);
      await called.promise;
      await settle();
      expect(ran).toEqual(['call']);
    });
  });

  kit.it(
    'C25',
    'a run keeps the host alive from its beginning to its end',
    async () => {
      const host = countingHost();
      const reactor = kit.create({ host: host.record });
      const holders = (): number => countHolders() ?? host.outstanding;
      const before = holders();
      const { ended } = await start(reactor);
      await settle();
      // Read directly one after the other: the test runner may open or close handles of its own in between.
      const held = holders();
      reactor.crash();
      const released = holders();
      await ended;
      const again = reactor.run();
      const heldAgain = holders();
      reactor.crash();
      await again;
      if (held > released && heldAgain > released) return;
      throw new Error(
        `a run doesn't keep the host alive (handles before it ${before}, during it ${held}, after it ${released}): acquireKeepAlive() must keep the host alive until its result is disposed; on a host without keep-alive set capabilities: { keepAlive: false }`,
      );
    },
    { needs: 'keepAlive' },
  );

  kit.it('C2', 'a running reactor that has nothing to do makes no host call', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    await runThrough(reactor, async () => {
      await nextTurn(reactor);
      await settle();
      const { calls } = host;
      await realPause(60);
      expect(host.calls).toBe(calls);
    });
  });

  kit.it('C2', 'a call that is due in months causes no wakeup at once', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    await runThrough(reactor, async () => {
      reactor.callLater(2 ** 33, () => undefined);
      await nextTurn(reactor);
      await settle();
      const { calls } = host;
      await realPause(60);
      expect(host.calls).toBe(calls);
    });
  });

  kit.it('C2', 'a reactor that was not started makes no host call, whatever is queued', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    reactor.callSoon(() => undefined);
    reactor.callLater(1, () => undefined);
    const { calls } = host;
    await delayElsewhere(kit, 5);
    expect(host.calls).toBe(calls);
    expect(host.outstanding).toBe(0);
  });

  kit.it('C2', 'the number of pending host calls does not grow with the number of reactor calls', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    await runThrough(reactor, async () => {
      for (const n of range(500)) {
        reactor.callSoon(() => undefined);
        reactor.callLater(n % 10, () => undefined);
      }
      await delay(reactor, 12);
    });
    // One turn, one wakeup, the keep-alive, and what the turn itself needs.
    expect(host.mostOutstanding <= 6).toBe(true);
  });

  kit.it('C2', 'the wakeup of a cancelled call comes at most once', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    await runThrough(reactor, async () => {
      for (const ms of [4, 8, 12]) reactor.callLater(ms, () => undefined).cancel();
      await delayElsewhere(kit, 24);
      const { calls } = host;
      await realPause(60);
      expect(host.calls).toBe(calls);
    });
  });

  kit.it('C2', 'limits work on a reactor that is not started, and leave nothing pending in the host', async () => {
    const host = countingHost();
    const expired = deferred();
    const reactor = kit.create({
      host: host.record,
      onError: () => {
        expired.resolve();
      },
    });
    const ran: string[] = [];
    reactor.on('job', () => new Promise(() => undefined));
    reactor.callSoon(() => ran.push('queued'));
    const fired = reactor.fire('job', undefined, { limits: { during: 4 } });
    await expired.promise;
    expect((await fired).abandoned.length).toBe(1);
    await settle();
    expect(host.outstanding).toBe(0);
    expect(ran).toEqual([]);
  });

  kit.it(
    'C2',
    'on a reactor that is not started, a limit that did not expire leaves no wakeup in the host',
    async () => {
      const host = countingHost();
      const reactor = kit.create({ host: host.record });
      reactor.on('job', () => Promise.resolve(), { timeout: 3_000 });
      for (const limits of [{}, { during: 3_000 }, { deadline: 3_000 }]) {
        await reactor.fire('job', undefined, { limits });
        expect(host.outstanding).toBe(0);
      }
    },
  );
}
