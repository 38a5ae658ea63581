import type { ReactorBase, RunResult } from '@triphase/core';
import { type Deferred, deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import type { Kit } from '../kit.ts';
import { runThrough, start } from '../running.ts';
import { codeOf } from '../thrown.ts';
import { delay, settle } from '../time.ts';

/** Work that rejects: C57. */
export function failing(kit: Kit): void {
  const { expect } = kit;

  kit.it('C57', 'work that rejects before the stop is reported once, and is no error of the stop', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const failure = new Error('disk full');
    const result = await runThrough(reactor, async () => {
      reactor.waitUntil(Promise.reject(failure), { name: 'save' });
      await settle();
    });
    expect(record.sources).toEqual([{ kind: 'work', name: 'save' }]);
    expect(record.errors[0]).toBe(failure);
    expect([result.errors, result.shutdown?.counts.before]).toEqual([[], 0]);
  });

  const moments: readonly {
    readonly when: string;
    readonly stopAndReject: (reactor: ReactorBase, work: Deferred<void>, failure: Error) => Promise<RunResult>;
  }[] = [
    {
      when: 'while the stop waits for it',
      stopAndReject: async (reactor, { reject }, failure) => {
        const ended = reactor.stop();
        await delay(reactor, 1);
        reject(failure);
        return ended;
      },
    },
    {
      when: 'after stopping has begun and before shutdown fires',
      stopAndReject: async (reactor, { reject }, failure) => {
        const ended = reactor.stop();
        reject(failure);
        return ended;
      },
    },
  ];
  for (const { when, stopAndReject } of moments) {
    kit.it('C57', `work that rejects ${when} is reported once, as a failed trigger of shutdown`, async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      const failure = new Error('disk full');
      const pending = deferred();
      await start(reactor);
      reactor.waitUntil(pending.promise, { name: 'save' });
      const { errors } = await stopAndReject(reactor, pending, failure);
      expect(errors.map(codeOf)).toEqual(['ERR_TRIPHASE_TRIGGER_FAILED']);
      const [error] = errors;
      expect([error?.message, error !== undefined && 'trigger' in error && error.trigger]).toEqual([
        'Work "save" (shutdown, before) failed: disk full',
        'save',
      ]);
      expect(record.sources).toEqual([{ kind: 'work', name: 'save', event: 'shutdown', phase: 'before' }]);
      expect(record.errors[0]).toBe(failure);
    });
  }

  kit.it(
    'C57',
    'work that rejects with the reason of the stop, or with an error whose cause is that reason, has not failed',
    async () => {
      const reactor = kit.create();
      await start(reactor);
      const [plain, wrapped] = [deferred(), deferred()];
      reactor.waitUntil(plain.promise);
      reactor.waitUntil(wrapped.promise);
      reactor.signal.addEventListener('abort', () => {
        plain.reject(reactor.signal.reason);
      });
      const ended = reactor.stop();
      await delay(reactor, 1);
      wrapped.reject(new Error('aborted', { cause: reactor.signal.reason }));
      expect((await ended).errors).toEqual([]);
    },
  );

  kit.it('C57', 'work that rejects with the reason of a crash has not failed', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    const { signal } = reactor;
    const pending = deferred();
    signal.addEventListener('abort', () => {
      pending.reject(signal.reason);
    });
    reactor.waitUntil(pending.promise);
    reactor.crash();
    await ended;
    await settle();
    expect(reactor.pending()).toEqual([]);
  });
}
