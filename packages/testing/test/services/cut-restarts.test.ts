import { describe, expect, it } from '@jest/globals';
import { addService, type OpenContext, ReactorStoppedError, resource, restartService } from '@triphase/core';
import { obedient, REASON, refused, rejectsWhenAborted, second, stubborn, told } from './cut-opens.ts';
import { causes, create, EXACT, noting } from './service-bench.ts';

describe('a restart or an addition that a stop interrupts', () => {
  it.each(told)('C29, C60: a restart whose open rejects with %s has not failed', async (_, say) => {
    const { reactor, errors } = create();
    const db = reactor.use(resource('db', second([], rejectsWhenAborted(say))));
    await reactor.start();
    const restarted = restartService(reactor, db);
    await reactor.advanceAsync(10);
    const result = await reactor.finish(REASON);
    await expect(restarted).rejects.toBeInstanceOf(ReactorStoppedError);
    expect([errors, result.errors, result.reason]).toEqual([[], [], REASON]);
    expect(reactor.describe()).toContain('db: stopped');
  });

  it('C60: another error is a failure, reported once, and the restart rejects with it', async () => {
    const { reactor, errors } = create();
    const db = reactor.use(resource('db', second([], stubborn)));
    await reactor.start();
    const restarted = restartService(reactor, db);
    await reactor.advanceAsync(10);
    const result = await reactor.finish(REASON);
    await expect(restarted).rejects.toBe(refused);
    expect([errors, causes(result), result.reason]).toEqual([[refused], [refused], REASON]);
  });

  it('C29, C59: a reopening that rejects since it was told has not failed, and is not worth a line', async () => {
    const { reactor, errors, lines } = create();
    const contexts: OpenContext[] = [];
    reactor.use(resource('db', second(contexts, obedient), undefined, { restart: EXACT }));
    await reactor.start();
    contexts[0]?.lost(new Error('reset'));
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([contexts.length, errors, result.errors, lines.length]).toEqual([2, [], [], 1]);
  });

  it('C59: nor has one that fails, with attempts left: it is one line', async () => {
    const { reactor, errors, lines } = create();
    const contexts: OpenContext[] = [];
    reactor.use(resource('db', second(contexts, stubborn), undefined, { restart: EXACT }));
    await reactor.start();
    contexts[0]?.lost(new Error('reset'));
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([errors, result.errors]).toEqual([[], []]);
    expect(lines[1]).toBe('Service "db" failed: refused; not restarted, since the reactor stops');
    expect(reactor.getDelayedCalls()).toEqual([]);
  });

  it('C59, C70: the last attempt has failed, as without the stop', async () => {
    const { reactor, errors } = create();
    const contexts: OpenContext[] = [];
    reactor.use(resource('db', second(contexts, stubborn), undefined, { restart: { ...EXACT, giveUpAfter: 2 } }));
    await reactor.start();
    contexts[0]?.lost(new Error('reset'));
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([errors, causes(result)]).toEqual([[refused], [refused]]);
  });

  it.each(told)(
    'C29, C63: an addition whose open rejects with %s is cut: it rejects, and nothing is reported',
    async (_, say) => {
      const { reactor, errors } = create();
      await reactor.start();
      const log: string[] = [];
      const pool = resource('pool', rejectsWhenAborted(say), () => log.push('pool closes'), {
        needs: [noting(log, 'net')],
      });
      for (const need of pool.needs ?? []) await addService(reactor, need);
      const added = addService(reactor, pool);
      await reactor.advanceAsync(10);
      const result = await reactor.finish(REASON);
      await expect(added).rejects.toBeInstanceOf(ReactorStoppedError);
      expect([errors, result.errors, log]).toEqual([[], [], ['net starts', 'net before', 'net stops']]);
    },
  );

  it('C63: another error is reported once, and is what the addition rejects with', async () => {
    const { reactor, errors } = create();
    await reactor.start();
    const added = addService(reactor, resource('pool', stubborn));
    await reactor.advanceAsync(10);
    const result = await reactor.finish(REASON);
    await expect(added).rejects.toBe(refused);
    expect([errors, result.errors]).toEqual([[refused], []]);
  });
});
