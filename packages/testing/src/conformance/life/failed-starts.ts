import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { mustNotRun } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { failedStart, nextTurn, start } from '../running.ts';
import { codeOf } from '../thrown.ts';
import { settle } from '../time.ts';
import { WAYS_TO_FAIL, rejects, throws } from '../trigger-results.ts';

/** Starts that fail: C26. */
export function failedStarts(kit: Kit): void {
  const { expect } = kit;

  for (const { how, fails } of WAYS_TO_FAIL) {
    kit.it(
      'C26',
      `a before startup trigger that ${how} ends the start: no later phase runs, shutdown fires, run() rejects`,
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
        reactor.callWhenRunning(mustNotRun);
        const error = await failedStart(reactor);
        expect(journal.entries).toEqual(['sibling', 'shutdown: startup-failed']);
        expect([codeOf(error), error instanceof AggregateError]).toEqual(['ERR_TRIPHASE_STARTUP_FAILED', true]);
        expect(error.errors.map((each: unknown) => (each as Error).cause === cause)).toEqual([true]); // as: a trigger's error
        const { reason, startup, shutdown } = error.result;
        expect([reason.kind, reason.cause === cause]).toEqual(['startup-failed', true]);
        expect(startup.counts).toEqual({ before: 2, during: 0, after: 0 });
        expect(shutdown?.counts.during).toBe(1);
        expect(errors.map((each) => each === cause)).toEqual([true]);
        expect([reactor.state, reactor.running]).toEqual(['stopped', false]);
      },
    );
  }

  kit.it('C26', 'running is never true on a reactor whose start fails', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const seen: boolean[] = [];
    const look = (): void => void seen.push(reactor.running);
    reactor.on('startup', { before: throws('failed'), during: look });
    reactor.on('shutdown', { before: look, during: look, after: look });
    await failedStart(reactor);
    expect(seen).toEqual([false, false, false]);
  });

  for (const phase of ['during', 'after'] as const) {
    kit.it(
      'C26',
      `when a trigger of ${phase} startup fails the start goes on, unless the trigger is required`,
      async () => {
        const { onError, errors } = recordErrors();
        const lenient = kit.create({ onError });
        lenient.addSystemEventTrigger(phase, 'startup', throws('optional'));
        await start(lenient);
        await nextTurn(lenient);
        expect([errors, lenient.state]).toEqual([['optional'], 'running']);
        const { errors: failures } = await lenient.stop();
        expect(failures.length).toBe(1);

        const strict = kit.create({ onError });
        strict.addSystemEventTrigger(phase, 'startup', throws('required'), { required: true });
        const error = await failedStart(strict);
        expect([error.result.reason.kind, error.result.reason.cause]).toEqual(['startup-failed', 'required']);
      },
    );
  }

  kit.it('C26', 'stop() with the reason startup-failed does not make run() reject', async () => {
    const reactor = kit.create();
    await start(reactor);
    const { reason } = await reactor.stop({ kind: 'startup-failed' });
    expect(reason.kind).toBe('startup-failed');
  });

  kit.it('C26', 'a before startup trigger with required: false may fail without ending the start', async () => {
    const { onError, errors } = recordErrors();
    const reactor = kit.create({ onError });
    reactor.addSystemEventTrigger('before', 'startup', rejects('optional'), { required: false });
    reactor.on('startup', () => 1);
    await start(reactor);
    const { startup } = await reactor.stop();
    expect([errors, startup.counts.during]).toEqual([['optional'], 1]);
  });

  kit.it('C26', 'a before startup trigger that exceeds its timeout ends the start', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.addSystemEventTrigger('before', 'startup', () => deferred().promise, { timeout: 20 });
    const { result } = await failedStart(reactor);
    expect(codeOf(result.reason.cause)).toBe('ERR_TRIPHASE_TRIGGER_TIMEOUT');
    expect(result.startup.abandoned.length).toBe(1);
  });

  kit.it('C26', 'after a failed start, shutdown waits for the pending triggers of the phase that failed', async () => {
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
    expect(journal.entries).toEqual(['still pending', 'shutdown']);
  });
}
