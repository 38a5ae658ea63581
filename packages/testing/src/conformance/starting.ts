import {
  formatReport,
  type ReactorBase,
  type RunResult,
  type StartupFailedError,
  type TriggerContext,
} from '@triphase/core';
import { CountingSignal, Journal, rejects, throws } from './journal.ts';
import type { Kit } from './kit.ts';
import {
  codeOf,
  codeThrownBy,
  deferred,
  nextTurn,
  recordErrors,
  rejectionOf,
  settle,
  start,
  thrownBy,
} from './steps.ts';

const PHASES = ['before', 'during', 'after'] as const;

/** From idle to running: C24–C27. */
export function starting(kit: Kit): void {
  kit.it('C24', 'run returns the promise of a result: reason, both reports, errors, what is left', async () => {
    const reactor = kit.create();
    reactor.on('startup', () => 1);
    reactor.on('shutdown', { before: () => 1, after: () => 1 });
    const { ended } = await start(reactor);
    void reactor.stop({ kind: 'done' });
    const { reason, startup, shutdown, errors, left } = await ended;
    kit.expect(reason).toEqual({ kind: 'done' });
    kit.expect([startup.event, startup.counts]).toEqual(['startup', { before: 0, during: 1, after: 0 }]);
    kit.expect([shutdown?.event, shutdown?.counts]).toEqual(['shutdown', { before: 1, during: 0, after: 1 }]);
    kit.expect([errors, left]).toEqual([[], { queued: 0, timed: 0 }]);
  });

  kit.it(
    'C24',
    'the errors of a result are those of startup and shutdown; errors of callbacks and other events are only counted',
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
      kit.expect(result.errors.map((error) => error.cause)).toEqual(['in startup', 'in shutdown']);
      kit.expect(reactor.stats().errors).toBe(5);
    },
  );

  kit.it(
    'C24',
    'a result throws its errors together in throwIfFailed, and tells both firings at 80 columns',
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
      kit.expect(error instanceof AggregateError && error.errors.length === 2).toBe(true);
      kit
        .expect(String(result).replace(/\d+\.\d/g, 'n'))
        .toBe('run ended: signal SIGTERM; startup: n ms, 1 trigger, 1 error; shutdown: n ms, 1 trigger, 1 error');
      const text = formatReport(result);
      for (const word of ['startup', 'shutdown', 'warmCache', 'saveCache', 'disk full', 'SIGTERM'])
        kit.expect(text.includes(word)).toBe(true);
      kit.expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
      kit.expect(text.includes('\u001b')).toBe(false);
    },
  );

  kit.it('C24', 'throwIfFailed throws nothing after a run without errors', async () => {
    const reactor = kit.create();
    await start(reactor);
    (await reactor.stop()).throwIfFailed();
  });

  kit.it(
    'C24',
    'run throws ReactorAlreadyRunningError at once from starting to before shutdown, and nothing is disturbed',
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
      kit.expect(codes).toEqual(Array.from({ length: 6 }, () => 'ERR_TRIPHASE_ALREADY_RUNNING'));
    },
  );

  kit.it('C24', 'run throws ReactorNotRestartableError at once from during shutdown on', async () => {
    const reactor = kit.create();
    const codes: string[] = [];
    const run = (): void => void codes.push(codeThrownBy(() => reactor.run()));
    reactor.on('shutdown', { during: run, after: run });
    await start(reactor);
    await reactor.stop();
    run();
    run();
    kit.expect(codes).toEqual(Array.from({ length: 4 }, () => 'ERR_TRIPHASE_NOT_RESTARTABLE'));
    kit.expect(reactor.state).toBe('stopped');
  });

  kit.it('C24', "aborting the signal given to run stops, with the signal's reason as cause", async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    const ended = reactor.run({ signal });
    await running(reactor);
    signal.abort('enough');
    kit.expect(reactor.state).toBe('stopping');
    const { reason, shutdown } = await ended;
    kit.expect(reason).toEqual({ kind: 'abort', cause: 'enough' });
    kit.expect(shutdown?.event).toBe('shutdown');
    kit.expect(signal.listeners).toBe(0);
  });

  kit.it('C24', 'a run that ends leaves no listener on the signal it was given', async () => {
    for (const end of ['stop', 'crash'] as const) {
      const reactor = kit.create();
      const signal = new CountingSignal();
      const ended = reactor.run({ signal });
      await running(reactor);
      void reactor[end]();
      await ended;
      kit.expect(signal.listeners).toBe(0);
      signal.abort('too late');
    }
  });

  kit.it(
    'C26',
    'run with a signal that is aborted already begins no phase of startup; shutdown fires all the same',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      reactor.on('startup', { before: journal.notes('before startup'), after: journal.notes('after startup') });
      reactor.on('shutdown', journal.notes('shutdown'));
      const signal = new CountingSignal();
      signal.abort('never mind');
      const { reason, startup } = await reactor.run({ signal });
      kit.expect(reason).toEqual({ kind: 'abort', cause: 'never mind' });
      kit.expect(startup.counts).toEqual({ before: 0, during: 0, after: 0 });
      kit.expect([journal.entries, reactor.state]).toEqual([['shutdown'], 'stopped']);
    },
  );

  kit.it('C25', 'before startup sees running false, during and after see true; the state is starting', async () => {
    const reactor = kit.create();
    const seen: unknown[] = [];
    const look = ({ phase }: TriggerContext): void => void seen.push([phase, reactor.running, reactor.state]);
    reactor.on('startup', { before: look, during: look, after: look });
    kit.expect([reactor.running, reactor.state]).toEqual([false, 'idle']);
    await start(reactor);
    kit.expect(seen).toEqual([
      ['before', false, 'starting'],
      ['during', true, 'starting'],
      ['after', true, 'starting'],
    ]);
    await nextTurn(reactor);
    kit.expect([reactor.running, reactor.state]).toEqual([true, 'running']);
    await reactor.stop();
  });

  kit.it('C25', 'while before startup pends the reactor is not running yet, and its state is starting', async () => {
    const reactor = kit.create();
    const { called, trigger, resolve } = new Journal().pends('before');
    reactor.on('startup', { before: trigger });
    const ended = reactor.run();
    await called;
    kit.expect([reactor.running, reactor.state]).toEqual([false, 'starting']);
    resolve();
    await running(reactor);
    void reactor.stop();
    await ended;
  });

  kit.it('C26', 'turns go on while startup pends: a trigger may wait for calls and timed calls', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const done = { before: deferred(), during: deferred(), after: deferred() };
    for (const phase of PHASES) {
      reactor.addSystemEventTrigger(phase, 'startup', async () => {
        await nextTurn(reactor);
        const later = deferred();
        reactor.callLater(2, later.resolve);
        await later.promise;
        journal.entries.push(phase);
        done[phase].resolve();
      });
    }
    await start(reactor);
    await done.after.promise;
    kit.expect(journal.entries).toEqual(['before', 'during', 'after']);
    await reactor.stop();
  });

  kit.it('C26', 'turns do not spin while startup pends', async () => {
    const reactor = kit.create();
    let turns = 0;
    reactor.on('startup', {
      before: async () => {
        const later = deferred();
        const begun = reactor.stats().turns;
        reactor.callLater(50, later.resolve);
        await later.promise;
        turns = reactor.stats().turns - begun;
      },
    });
    await start(reactor);
    kit.expect(turns >= 1 && turns <= 5).toBe(true);
    await reactor.stop();
  });

  for (const [how, fails] of [
    ['throws', throws],
    ['rejects', rejects],
  ] as const) {
    kit.it(
      'C26',
      `a before startup trigger that ${how} ends the start: no later phase begins, shutdown fires, run rejects`,
      async () => {
        const { onError, errors } = recordErrors();
        const reactor = kit.create({ onError });
        const journal = new Journal();
        const cause = new Error('no config');
        reactor.addSystemEventTrigger('before', 'startup', fails(cause), { name: 'readConfig' });
        reactor.on('startup', {
          before: journal.notes('sibling'),
          during: journal.notes('during'),
          after: journal.notes('after'),
        });
        reactor.on('shutdown', ({ detail }) => journal.entries.push(`shutdown: ${detail.kind}`));
        reactor.callWhenRunning(throws('never called'));
        const error = await failedStart(reactor);
        kit.expect(journal.entries).toEqual(['sibling', 'shutdown: startup-failed']);
        kit.expect([codeOf(error), error instanceof AggregateError]).toEqual(['ERR_TRIPHASE_STARTUP_FAILED', true]);
        kit.expect(error.errors.map((each: unknown) => (each as Error).cause === cause)).toEqual([true]); // as: a trigger's error
        const { reason, startup, shutdown } = error.result;
        kit.expect([reason.kind, reason.cause === cause]).toEqual(['startup-failed', true]);
        kit.expect(startup.counts).toEqual({ before: 2, during: 0, after: 0 });
        kit.expect(shutdown?.counts.during).toBe(1);
        kit.expect(errors.map((each) => each === cause)).toEqual([true]);
        kit.expect([reactor.state, reactor.running]).toEqual(['stopped', false]);
      },
    );
  }

  kit.it('C26', 'a reactor whose start fails never says that it runs', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const seen: boolean[] = [];
    const look = (): void => void seen.push(reactor.running);
    reactor.on('startup', { before: throws('failed'), during: look });
    reactor.on('shutdown', { before: look, during: look, after: look });
    await failedStart(reactor);
    kit.expect(seen).toEqual([false, false, false]);
  });

  for (const phase of ['during', 'after'] as const) {
    kit.it(
      'C26',
      `a ${phase} startup trigger that fails is reported and the start goes on, unless it is required`,
      async () => {
        const { onError, errors } = recordErrors();
        const lenient = kit.create({ onError });
        lenient.addSystemEventTrigger(phase, 'startup', throws('optional'));
        await start(lenient);
        await nextTurn(lenient);
        kit.expect([errors, lenient.state]).toEqual([['optional'], 'running']);
        const { errors: failures } = await lenient.stop();
        kit.expect(failures.length).toBe(1);

        const strict = kit.create({ onError });
        strict.addSystemEventTrigger(phase, 'startup', throws('required'), { required: true });
        const error = await failedStart(strict);
        kit.expect([error.result.reason.kind, error.result.reason.cause]).toEqual(['startup-failed', 'required']);
      },
    );
  }

  kit.it('C26', 'a stop with the reason startup-failed is no failed start', async () => {
    const reactor = kit.create();
    await start(reactor);
    const { reason } = await reactor.stop({ kind: 'startup-failed' });
    kit.expect(reason.kind).toBe('startup-failed');
  });

  kit.it('C26', 'a before startup trigger that is not required may fail', async () => {
    const { onError, errors } = recordErrors();
    const reactor = kit.create({ onError });
    reactor.addSystemEventTrigger('before', 'startup', rejects('optional'), { required: false });
    reactor.on('startup', () => 1);
    await start(reactor);
    const { startup } = await reactor.stop();
    kit.expect([errors, startup.counts.during]).toEqual([['optional'], 1]);
  });

  kit.it('C26', 'a before startup trigger that outlives its timeout ends the start', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.addSystemEventTrigger('before', 'startup', () => deferred().promise, { timeout: 20 });
    const { result } = await failedStart(reactor);
    kit.expect(codeOf(result.reason.cause)).toBe('ERR_TRIPHASE_TRIGGER_TIMEOUT');
    kit.expect(result.startup.abandoned.length).toBe(1);
  });

  kit.it('C26', 'triggers of the phase that fails are awaited before shutdown fires', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    const { called, trigger, resolve } = new Journal().pends('before');
    reactor.addSystemEventTrigger('before', 'startup', trigger);
    reactor.addSystemEventTrigger('before', 'startup', throws('failed'));
    reactor.on('shutdown', { before: journal.notes('shutdown') });
    const failed = failedStart(reactor);
    await called;
    await settle();
    journal.entries.push('still pending');
    resolve();
    await failed;
    kit.expect(journal.entries).toEqual(['still pending', 'shutdown']);
  });

  kit.it('C27', 'callWhenRunning on a reactor that is idle or starting calls after startup, in order', async () => {
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
    kit.expect(journal.entries).toEqual(['1, running true', '2, running true', '3, running true', '4, running true']);
  });

  kit.it('C27', 'callWhenRunning on an idle reactor returns a handle that takes the call back', async () => {
    const reactor = kit.create();
    const handle = reactor.callWhenRunning(throws('never called'));
    kit.expect(handle?.remove()).toBe(true);
    await start(reactor);
    await reactor.stop();
  });

  kit.it('C27', 'callWhenRunning on a running reactor calls at once and returns undefined', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const call = (entry: string) => (): void => {
      kit.expect(reactor.callWhenRunning(() => journal.entries.push(entry))).toBe(undefined);
      journal.entries.push(`${entry} called`);
    };
    reactor.on('startup', { during: call('during startup'), after: call('after startup') });
    reactor.on('shutdown', { before: call('before shutdown') });
    await start(reactor);
    call('running')();
    await reactor.stop();
    const order = ['during startup', 'after startup', 'running', 'before shutdown'];
    kit.expect(journal.entries).toEqual(order.flatMap((entry) => [entry, `${entry} called`]));
  });

  kit.it('C27', 'what a function called at once throws is for the caller, and not reported', async () => {
    const reactor = kit.create();
    await start(reactor);
    const error = new Error('for the caller');
    kit.expect(thrownBy(() => reactor.callWhenRunning(throws(error)))).toBe(error);
    await reactor.stop();
  });

  kit.it('C27', 'callWhenRunning once running is over throws ReactorNotRunningError', async () => {
    const reactor = kit.create();
    const codes: string[] = [];
    const call = (): void => void codes.push(codeThrownBy(() => reactor.callWhenRunning(throws('never called'))));
    reactor.on('shutdown', { during: call, after: call });
    await start(reactor);
    await reactor.stop();
    call();
    kit.expect(codes).toEqual(Array.from({ length: 3 }, () => 'ERR_TRIPHASE_NOT_RUNNING'));
  });

  kit.it(
    'C27',
    "callWhenRunning does not wait for its function's promise: an async main does not hold up the start",
    async () => {
      const reactor = kit.create();
      const main = deferred();
      reactor.callWhenRunning(() => main.promise);
      await start(reactor);
      await nextTurn(reactor);
      kit.expect(reactor.state).toBe('running');
      await reactor.stop();
      main.resolve();
    },
  );

  kit.it(
    'C27',
    'callWhenRunning reports the rejection of its function, before the start and while running',
    async () => {
      const { onError, errors } = recordErrors();
      const reactor = kit.create({ onError });
      reactor.callWhenRunning(rejects('before the start'));
      await start(reactor);
      await settle();
      reactor.callWhenRunning(rejects('while running'));
      await settle();
      kit.expect(errors).toEqual(['before the start', 'while running']);
      await reactor.stop();
    },
  );

  kit.it(
    'C27',
    'a function for callWhenRunning that throws as the reactor starts is reported, and the start goes on',
    async () => {
      const { onError, errors } = recordErrors();
      const reactor = kit.create({ onError });
      reactor.callWhenRunning(throws('failed'));
      await start(reactor);
      await nextTurn(reactor);
      kit.expect([errors, reactor.state]).toEqual([['failed'], 'running']);
      await reactor.stop();
    },
  );
}

/** Resolves once the reactor runs. */
function running(reactor: ReactorBase): Promise<void> {
  return new Promise((resolve) => {
    reactor.callWhenRunning(resolve);
  });
}

/** Runs a reactor that is bound to fail, to the end of its run. */
async function failedStart(reactor: ReactorBase): Promise<StartupFailedError> {
  const ended: Promise<RunResult> = reactor.run();
  return (await rejectionOf(ended)) as StartupFailedError; // as: C26, and each test looks at it
}
