import { describe, expect, it } from '@jest/globals';
import type { FiringReport, Phase } from '@triphase/core';
import { DenoReactor, type DenoReactorOptions } from '@triphase/deno-shim';
import { fakeHost } from '@triphase/testing';

const never = (): Promise<never> => new Promise(() => undefined);

/** Stops a reactor whose shutdown hangs in these phases. Gives when each phase began, and the report. */
async function stopAt(
  phases: readonly Phase[],
  options: DenoReactorOptions = {},
  leadTime?: number,
): Promise<{ readonly times: Partial<Record<Phase, number>>; readonly report: FiringReport | undefined }> {
  const host = fakeHost();
  const reactor = new DenoReactor({ host, onError: () => undefined, ...options });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) {
      await host.runMicrotasks();
      while (host.runMacrotask());
    }
  };
  if (leadTime !== undefined) reactor.use({ name: 'http', startup: { during: () => undefined }, leadTime });
  const times: Partial<Record<Phase, number>> = {};
  let stoppedAt = 0;
  const enter = (phase: Phase) => () => {
    times[phase] = reactor.now() - stoppedAt;
    return phases.includes(phase) ? never() : undefined;
  };
  reactor.on('shutdown', { before: enter('before'), during: enter('during'), after: enter('after') });
  const run = { isOver: false };
  const isOver = (): boolean => run.isOver;
  const ended = reactor.run().then((result) => {
    run.isOver = true;
    return result;
  });
  await settle();
  stoppedAt = reactor.now();
  void reactor.stop();
  for (let step = 0; step < 400 && !isOver(); step++) {
    await settle();
    if (!isOver()) host.advance(100);
  }
  expect(isOver()).toBe(true);
  return { times, report: (await ended).shutdown };
}

describe('C22: the limits that a DenoReactor sets for shutdown', () => {
  it('a shutdown that hangs in all phases is over after 25 s, and each phase has its share', async () => {
    const { times, report } = await stopAt(['before', 'during', 'after']);
    expect(times).toEqual({ before: 0, during: 10_000, after: 20_000 });
    expect(report?.duration).toBe(25_000);
    expect(report?.abandoned.map(({ phase }) => phase)).toEqual(['before', 'during', 'after']);
  });

  it('a shutdown in which nothing hangs takes no time', async () => {
    const { times, report } = await stopAt([]);
    expect([times, report?.abandoned]).toEqual([{ before: 0, during: 0, after: 0 }, []]);
  });

  it('the lead time of services comes on top of the share of before', async () => {
    const { times } = await stopAt(['before', 'during'], {}, 5_000);
    expect(times).toEqual({ before: 0, during: 13_000, after: 21_000 });
  });

  it('a deadline that the program sets has the same shares', async () => {
    const { times, report } = await stopAt(['before', 'during', 'after'], {
      limits: { shutdown: { deadline: 5_000 } },
    });
    expect(times).toEqual({ before: 0, during: 2_000, after: 4_000 });
    expect(report?.duration).toBe(5_000);
  });

  it('limits that the program sets for phases are kept', async () => {
    const limits = { shutdown: { before: 1_000, during: 3_000 } };
    expect((await stopAt(['before', 'during'], { limits })).times).toEqual({ before: 0, during: 1_000, after: 4_000 });
  });

  it.each([
    { what: 'a string as deadline', shutdown: { deadline: '10000' }, error: TypeError },
    { what: 'a negative limit', shutdown: { during: -1 }, error: RangeError },
    { what: 'null', shutdown: null, error: TypeError },
    { what: 'a number', shutdown: 5, error: TypeError },
  ])('$what is refused at once', ({ shutdown, error }) => {
    expect(() => new DenoReactor({ host: fakeHost(), limits: { shutdown } as never })).toThrow(error); // as: what callers without types pass
  });
});
