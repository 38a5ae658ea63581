import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { mustNotRun } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { nextTurn, start } from '../running.ts';
import { codeThrownBy, thrownBy } from '../thrown.ts';
import { settle } from '../time.ts';
import { rejects, throws } from '../trigger-results.ts';

/** `callWhenRunning`: C27. */
export function callWhenRunning(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C27',
    'on a reactor that is idle or starting, callWhenRunning() makes its calls in the phase after startup, in order',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const note = (entry: string) => () => journal.entries.push(`${entry}, running ${String(reactor.running)}`);
      reactor.addSystemEventTrigger('after', 'startup', note('1'));
      reactor.callWhenRunning(note('2'));
      reactor.on('startup', {
        before: () => {
          reactor.callWhenRunning(note('4'));
        },
      });
      reactor.addSystemEventTrigger('after', 'startup', note('3'));
      await start(reactor);
      await reactor.stop();
      expect(journal.entries).toEqual(['1, running true', '2, running true', '3, running true', '4, running true']);
    },
  );

  kit.it('C27', 'callWhenRunning() on an idle reactor returns a handle that removes the call', async () => {
    const reactor = kit.create();
    const handle = reactor.callWhenRunning(mustNotRun);
    expect(handle?.remove()).toBe(true);
    await start(reactor);
    await reactor.stop();
  });

  kit.it('C27', 'callWhenRunning() on a running reactor calls at once and returns undefined', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const call = (entry: string) => (): void => {
      expect(reactor.callWhenRunning(() => journal.entries.push(entry))).toBe(undefined);
      journal.entries.push(`${entry} called`);
    };
    reactor.on('startup', { during: call('during startup'), after: call('after startup') });
    reactor.on('shutdown', { before: call('before shutdown') });
    await start(reactor);
    call('running')();
    await reactor.stop();
    const order = ['during startup', 'after startup', 'running', 'before shutdown'];
    expect(journal.entries).toEqual(order.flatMap((entry) => [entry, `${entry} called`]));
  });

  kit.it(
    'C27',
    'callWhenRunning() on a running reactor throws what its function throws, and does not report it',
    async () => {
      const reactor = kit.create();
      await start(reactor);
      const error = new Error('for the caller');
      expect(thrownBy(() => reactor.callWhenRunning(throws(error)))).toBe(error);
      await reactor.stop();
    },
  );

  kit.it(
    'C27',
    'callWhenRunning() throws ReactorNotRunningError once the phase during shutdown has begun',
    async () => {
      const reactor = kit.create();
      const codes: string[] = [];
      const call = (): void => void codes.push(codeThrownBy(() => reactor.callWhenRunning(mustNotRun)));
      reactor.on('shutdown', { during: call, after: call });
      await start(reactor);
      await reactor.stop();
      call();
      expect(codes).toEqual(Array.from({ length: 3 }, () => 'ERR_TRIPHASE_NOT_RUNNING'));
    },
  );

  kit.it('C27', 'the start does not wait for the promise of a function given to callWhenRunning()', async () => {
    const reactor = kit.create();
    const main = deferred();
    reactor.callWhenRunning(() => main.promise);
    await start(reactor);
    await nextTurn(reactor);
    expect(reactor.state).toBe('running');
    await reactor.stop();
    main.resolve();
  });

  kit.it(
    'C27',
    'callWhenRunning() reports a rejection of its function, before the start and while running',
    async () => {
      const { onError, errors } = recordErrors();
      const reactor = kit.create({ onError });
      reactor.callWhenRunning(rejects('before the start'));
      await start(reactor);
      await settle();
      reactor.callWhenRunning(rejects('while running'));
      await settle();
      expect(errors).toEqual(['before the start', 'while running']);
      await reactor.stop();
    },
  );

  kit.it(
    'C27',
    'when a function given to callWhenRunning() throws in startup, that is reported and the start goes on',
    async () => {
      const { onError, errors } = recordErrors();
      const reactor = kit.create({ onError });
      reactor.callWhenRunning(throws('failed'));
      await start(reactor);
      await nextTurn(reactor);
      expect([errors, reactor.state]).toEqual([['failed'], 'running']);
      await reactor.stop();
    },
  );
}
