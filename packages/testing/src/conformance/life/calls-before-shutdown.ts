import { ignore, mustNotRun } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { nextTurn, start } from '../running.ts';

/** Which calls run before shutdown fires: C28. */
export function callsBeforeShutdown(kit: Kit): void {
  const { expect } = kit;

  kit.it('C28', 'calls queued before stop() run before shutdown, also more than one batch', async () => {
    const reactor = kit.create({ maxBatch: 10 });
    const ran = { sooner: 0, later: 0 };
    const seen: unknown[] = [];
    reactor.on('shutdown', { before: () => seen.push({ ...ran }) });
    await start(reactor);
    await nextTurn(reactor);
    for (let i = 0; i < 35; i++) reactor.callSoon(() => ran.sooner++);
    const ended = reactor.stop();
    for (let i = 0; i < 1_000; i++) reactor.callSoon(() => ran.later++);
    await ended;
    const [{ sooner, later } = { sooner: 0, later: 0 }] = seen as (typeof ran)[]; // as: pushed above
    expect([seen.length, sooner, later < 1_000]).toEqual([1, 35, true]);
  });

  kit.it('C28', 'a call that queues itself again does not delay shutdown for ever', async () => {
    const reactor = kit.create();
    const again = (): void => {
      reactor.callSoon(again);
      reactor.callLater(0, ignore);
    };
    await start(reactor);
    reactor.callSoon(again);
    expect((await reactor.stop()).reason).toEqual({ kind: 'stop' });
  });

  kit.it(
    'C28',
    'more timed calls than fit into a turn, which schedule themselves again, do not delay shutdown for ever',
    async () => {
      const reactor = kit.create({ maxBatch: 10 });
      const again = (): void => void reactor.callLater(0, again);
      await start(reactor);
      reactor.callSoon(() => {
        for (let i = 0; i < 30; i++) again();
      });
      await nextTurn(reactor);
      expect((await reactor.stop()).reason).toEqual({ kind: 'stop' });
    },
  );

  kit.it('C28', 'timed calls that are due at the end of the turn of stop() are made before shutdown', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('shutdown', { before: journal.notes('shutdown') });
    const { ended } = await start(reactor);
    reactor.callSoon(() => {
      reactor.callLater(0, () => journal.entries.push('due'));
      void reactor.stop();
      reactor.callLater(60_000, mustNotRun);
    });
    await ended;
    expect(journal.entries).toEqual(['due', 'shutdown']);
  });

  kit.it(
    'C28',
    'all timed calls that are due when stop() is called run before shutdown, also more than one batch',
    async () => {
      const reactor = kit.create({ maxBatch: 10 });
      let ran = 0;
      const seen: number[] = [];
      reactor.on('shutdown', { before: () => seen.push(ran) });
      const { ended } = await start(reactor);
      reactor.callSoon(() => {
        for (let i = 0; i < 35; i++) reactor.callLater(0, () => ran++);
        void reactor.stop();
      });
      await ended;
      expect(seen).toEqual([35]);
    },
  );

  kit.it('C28', 'a call queued after stop() runs while a trigger of shutdown is pending', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('shutdown', {
      before: async () => {
        journal.entries.push('before shutdown');
        await nextTurn(reactor);
      },
      after: journal.notes('after shutdown'),
    });
    const { ended } = await start(reactor);
    reactor.callSoon(() => {
      void reactor.stop();
      reactor.callSoon(() => journal.entries.push('call'));
    });
    await ended;
    expect(journal.entries).toEqual(['before shutdown', 'call', 'after shutdown']);
  });
}
