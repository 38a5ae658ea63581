import { formatReport } from '@triphase/core';
import { CountingSignal } from '../counting-signal.ts';
import { deferred } from '../deferred.ts';
import type { Kit } from '../kit.ts';
import { start, whenRunning } from '../running.ts';
import { codeThrownBy, thrownBy } from '../thrown.ts';
import { rejects, throws } from '../trigger-results.ts';

/** What `run` returns, when it throws, and its signal: C24. */
export function runResults(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C24',
    'run() returns the promise of a result with the reason, both reports, the errors and the counts of calls left',
    async () => {
      const reactor = kit.create();
      reactor.on('startup', () => 1);
      reactor.on('shutdown', { before: () => 1, after: () => 1 });
      const { ended } = await start(reactor);
      void reactor.stop({ kind: 'done' });
      const { reason, startup, shutdown, errors, left } = await ended;
      expect(reason).toEqual({ kind: 'done' });
      expect([startup.event, startup.counts]).toEqual(['startup', { before: 0, during: 1, after: 0 }]);
      expect([shutdown?.event, shutdown?.counts]).toEqual(['shutdown', { before: 1, during: 0, after: 1 }]);
      expect([errors, left]).toEqual([[], { queued: 0, timed: 0 }]);
    },
  );

  kit.it(
    'C24',
    'a result has the errors of startup and shutdown; errors of calls and other events are only counted',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      reactor.on('startup', { after: throws('in startup') });
      reactor.on('shutdown', rejects('in shutdown'));
      reactor.on('event', throws('in an event'));
      await start(reactor);
      await reactor.fire('event');
      reactor.callSoon(throws('in a call'));
      reactor.callLater(0, throws('in a timed call'));
      const counted = deferred();
      reactor.callLater(1, () => {
        if (reactor.stats().errors >= 4) counted.resolve();
      });
      await counted.promise;
      const result = await reactor.stop();
      expect(result.errors.map((error) => error.cause)).toEqual(['in startup', 'in shutdown']);
      expect(reactor.stats().errors).toBe(5);
    },
  );

  kit.it(
    'C24',
    'throwIfFailed() of a result throws all its errors together, and formatReport() shows both firings in 80 columns',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      reactor.addSystemEventTrigger('during', 'startup', throws(new Error('no cache '.repeat(20))), {
        name: 'warmCache',
      });
      reactor.addSystemEventTrigger('during', 'shutdown', throws(new Error('disk full')), { name: 'saveCache' });
      await start(reactor);
      const result = await reactor.stop({ kind: 'signal', signal: 'SIGTERM' });
      const error = thrownBy(() => {
        result.throwIfFailed();
      });
      expect(error instanceof AggregateError && error.errors.length === 2).toBe(true);
      expect(String(result).replace(/\d+\.\d/g, 'n')).toBe(
        'run ended: signal SIGTERM; startup: n ms, 1 trigger, 1 error; shutdown: n ms, 1 trigger, 1 error',
      );
      const text = formatReport(result);
      for (const word of ['startup', 'shutdown', 'warmCache', 'saveCache', 'disk full', 'SIGTERM'])
        expect(text.includes(word)).toBe(true);
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
      expect(text.includes('\u001b')).toBe(false);
    },
  );

  kit.it('C24', 'throwIfFailed() throws nothing after a run without errors', async () => {
    const reactor = kit.create();
    await start(reactor);
    (await reactor.stop()).throwIfFailed();
  });

  kit.it(
    'C24',
    'run() throws ReactorAlreadyRunningError from the start to the end of the phase before shutdown, and the run goes on',
    async () => {
      const reactor = kit.create();
      const codes: string[] = [];
      const run = (): void => void codes.push(codeThrownBy(() => reactor.run()));
      reactor.on('startup', { before: run, during: run, after: run });
      reactor.on('shutdown', { before: run });
      await start(reactor);
      run();
      const result = reactor.stop();
      run();
      await result;
      expect(codes).toEqual(Array.from({ length: 6 }, () => 'ERR_TRIPHASE_ALREADY_RUNNING'));
    },
  );

  kit.it('C24', 'run() throws ReactorNotRestartableError once the phase during shutdown has begun', async () => {
    const reactor = kit.create();
    const codes: string[] = [];
    const run = (): void => void codes.push(codeThrownBy(() => reactor.run()));
    reactor.on('shutdown', { during: run, after: run });
    await start(reactor);
    await reactor.stop();
    run();
    run();
    expect(codes).toEqual(Array.from({ length: 4 }, () => 'ERR_TRIPHASE_NOT_RESTARTABLE'));
    expect(reactor.state).toBe('stopped');
  });

  kit.it(
    'C24',
    'aborting the signal given to run() stops the reactor, with the reason of the signal as cause',
    async () => {
      const reactor = kit.create();
      const signal = new CountingSignal();
      const ended = reactor.run({ signal });
      await whenRunning(reactor);
      signal.abort('enough');
      expect(reactor.state).toBe('stopping');
      const { reason, shutdown } = await ended;
      expect(reason).toEqual({ kind: 'abort', cause: 'enough' });
      expect(shutdown?.event).toBe('shutdown');
      expect(signal.listeners).toBe(0);
    },
  );

  kit.it('C24', 'a run that ends by stop() or crash() leaves no listener on the signal given to run()', async () => {
    for (const end of ['stop', 'crash'] as const) {
      const reactor = kit.create();
      const signal = new CountingSignal();
      const ended = reactor.run({ signal });
      await whenRunning(reactor);
      void reactor[end]();
      await ended;
      expect(signal.listeners).toBe(0);
      signal.abort('too late');
    }
  });
}
