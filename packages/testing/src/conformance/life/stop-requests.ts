import type { StopReason } from '@triphase/core';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { nextTurn, start } from '../running.ts';
import { codeThrownBy } from '../thrown.ts';

/** When `stop` may be called, and what it returns: C28. */
export function stopRequests(kit: Kit): void {
  const { expect } = kit;

  kit.it('C28', 'stop() runs no trigger inside the call, and the state is stopping at once', async () => {
    for (const where of ['outside', 'in a call', 'in a timed call']) {
      const reactor = kit.create();
      const journal = new Journal();
      reactor.on('shutdown', journal.notes('shutdown'));
      const { ended } = await start(reactor);
      await nextTurn(reactor);
      const stop = (): void => {
        void reactor.stop();
        journal.entries.push(`${reactor.state}, running ${String(reactor.running)}`);
      };
      if (where === 'outside') stop();
      else if (where === 'in a call') reactor.callSoon(stop);
      else reactor.callLater(0, stop);
      await ended;
      expect(journal.entries).toEqual(['stopping, running true', 'shutdown']);
      expect([reactor.state, reactor.running]).toEqual(['stopped', false]);
    }
  });

  kit.it('C28', 'the detail of shutdown is the reason given to stop(), by default { kind: "stop" }', async () => {
    const reasons: (StopReason | undefined)[] = [
      undefined,
      { kind: 'signal', signal: 'SIGTERM' },
      { kind: 'mine', cause: new Error('why') },
    ];
    for (const given of reasons) {
      const reactor = kit.create();
      const details: StopReason[] = [];
      reactor.on('shutdown', {
        before: ({ detail }) => details.push(detail),
        after: ({ detail }) => details.push(detail),
      });
      await start(reactor);
      const { reason } = await (given === undefined ? reactor.stop() : reactor.stop(given));
      expect(reason).toEqual(given ?? { kind: 'stop' });
      expect(details.map((detail) => detail === reason)).toEqual([true, true]);
    }
  });

  kit.it(
    'C28',
    'stop() always returns the promise of run(), also once stopped, and the first reason is kept',
    async () => {
      const reactor = kit.create();
      const run = reactor.run();
      const promises = [reactor.stop({ kind: 'first' }), reactor.stop({ kind: 'second' })];
      promises.push(reactor.stop());
      await run;
      promises.push(reactor.stop({ kind: 'late' }));
      expect(promises.every((promise) => promise === run)).toBe(true);
      expect((await reactor.stop()).reason).toEqual({ kind: 'first' });
    },
  );

  kit.it('C28', 'stop() on a reactor that is idle or has crashed throws ReactorNotRunningError', async () => {
    const reactor = kit.create();
    const code = (): string => codeThrownBy(() => reactor.stop());
    expect(code()).toBe('ERR_TRIPHASE_NOT_RUNNING');
    await start(reactor);
    reactor.crash();
    expect(code()).toBe('ERR_TRIPHASE_NOT_RUNNING');
  });

  kit.it(
    'C28',
    'stop() in the synchronous part of a shutdown trigger throws SelfWaitError, and the stop goes on',
    async () => {
      const reactor = kit.create();
      const codes: string[] = [];
      const stop = (): void => void codes.push(codeThrownBy(() => reactor.stop()));
      reactor.on('shutdown', { before: stop, during: stop, after: stop });
      await start(reactor);
      await reactor.stop();
      expect(codes).toEqual(PHASES.map(() => 'ERR_TRIPHASE_SELF_WAIT'));
    },
  );

  kit.it('C28', 'stop() may be called while a shutdown trigger is pending', async () => {
    const reactor = kit.create();
    const same: boolean[] = [];
    const { ended } = await start(reactor);
    reactor.on('shutdown', async () => {
      await nextTurn(reactor);
      same.push(reactor.stop() === ended);
      reactor.callSoon(() => same.push(reactor.stop() === ended));
      await nextTurn(reactor);
    });
    await reactor.stop();
    expect(same).toEqual([true, true]);
  });
}
