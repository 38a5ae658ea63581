import { describe, expect, it } from '@jest/globals';
import { addService, type OpenContext, ReactorStoppedError, resource, restartService } from '@triphase/core';
import { obedient, REASON, refused, rejectsWhenAborted, openThen, stubborn, HARMLESS_REJECTIONS } from './cut-opens.ts';
import { causes, create, EXACT, notingService } from './service-bench.ts';

describe('a restart or an addition that a stop interrupts', () => {
  it.each(HARMLESS_REJECTIONS)(
    'C29, C60: a restart whose open rejects with $what has not failed',
    async ({ errorFor }) => {
      const { reactor, errors } = create();
      const db = reactor.use(resource('db', openThen([], rejectsWhenAborted(errorFor))));
      await reactor.start();
      const restarted = restartService(reactor, db);
      await reactor.advanceAsync(10);
      const result = await reactor.finish(REASON);
      await expect(restarted).rejects.toBeInstanceOf(ReactorStoppedError);
      expect([errors, result.errors, result.reason]).toEqual([[], [], REASON]);
      expect(reactor.describe()).toContain('db: stopped');
    },
  );

  it('C60: a restart whose open rejects with another error has failed: it is reported once, and restartService() rejects with it', async () => {
    const { reactor, errors } = create();
    const db = reactor.use(resource('db', openThen([], stubborn)));
    await reactor.start();
    const restarted = restartService(reactor, db);
    await reactor.advanceAsync(10);
    const result = await reactor.finish(REASON);
    await expect(restarted).rejects.toBe(refused);
    expect([errors, causes(result), result.reason]).toEqual([[refused], [refused], REASON]);
  });

  it('C29, C59: an open in a restart by policy that rejects with the reason of the stop has not failed, and is not logged', async () => {
    const { reactor, errors, lines } = create();
    const contexts: OpenContext[] = [];
    reactor.use(resource('db', openThen(contexts, obedient), undefined, { restart: EXACT }));
    await reactor.start();
    contexts[0]?.lost(new Error('reset'));
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([contexts.length, errors, result.errors, lines.length]).toEqual([2, [], [], 1]);
  });

  it('C59: an open in a restart by policy that rejects with another error, when more attempts were left, is only logged', async () => {
    const { reactor, errors, lines } = create();
    const contexts: OpenContext[] = [];
    reactor.use(resource('db', openThen(contexts, stubborn), undefined, { restart: EXACT }));
    await reactor.start();
    contexts[0]?.lost(new Error('reset'));
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([errors, result.errors]).toEqual([[], []]);
    expect(lines[1]).toBe('Service "db" failed: refused; not restarted, since the reactor stops');
    expect(reactor.getDelayedCalls()).toEqual([]);
  });

  it('C59, C70: the last open in a restart by policy that rejects with another error has failed', async () => {
    const { reactor, errors } = create();
    const contexts: OpenContext[] = [];
    reactor.use(resource('db', openThen(contexts, stubborn), undefined, { restart: { ...EXACT, giveUpAfter: 2 } }));
    await reactor.start();
    contexts[0]?.lost(new Error('reset'));
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([errors, causes(result)]).toEqual([[refused], [refused]]);
  });

  it.each(HARMLESS_REJECTIONS)(
    'C29, C63: an addition whose open rejects with $what rejects with ReactorStoppedError, and nothing is reported',
    async ({ errorFor }) => {
      const { reactor, errors } = create();
      await reactor.start();
      const log: string[] = [];
      const pool = resource('pool', rejectsWhenAborted(errorFor), () => log.push('pool closes'), {
        needs: [notingService(log, 'net')],
      });
      for (const need of pool.needs ?? []) await addService(reactor, need);
      const added = addService(reactor, pool);
      await reactor.advanceAsync(10);
      const result = await reactor.finish(REASON);
      await expect(added).rejects.toBeInstanceOf(ReactorStoppedError);
      expect([errors, result.errors, log]).toEqual([[], [], ['net starts', 'net before', 'net stops']]);
    },
  );

  it('C63: an addition whose open rejects with another error rejects with that error, which is reported once', async () => {
    const { reactor, errors } = create();
    await reactor.start();
    const added = addService(reactor, resource('pool', stubborn));
    await reactor.advanceAsync(10);
    const result = await reactor.finish(REASON);
    await expect(added).rejects.toBe(refused);
    expect([errors, result.errors]).toEqual([[refused], []]);
  });
});
