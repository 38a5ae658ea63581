import { describe, expect, it } from '@jest/globals';
import { sleep, TriggerTimeoutError, type Limits, type Phase } from '@triphase/core';
import { nodeShutdownLimits } from '@triphase/node-reactor';
import { ManualReactor } from '@triphase/testing';
import { FakeProcess, never } from './fake-process.ts';

/** When each phase of a shutdown begins, and when the run is over, in milliseconds since the stop. The phases in `hang` never settle. */
async function timesOf(
  hang: readonly Phase[],
  limits?: Limits,
  leadTime?: number,
): Promise<Readonly<Record<string, number>>> {
  const fake = new FakeProcess();
  const reactor = fake.reactor({ onError: () => {}, ...(limits !== undefined && { limits: { shutdown: limits } }) });
  if (leadTime !== undefined) reactor.use({ name: 'http', leadTime });
  const times: Record<string, number> = {};
  let stoppedAt = 0;
  const mark = (what: string) => (times[what] = Math.round(fake.host.now() - stoppedAt));
  for (const phase of ['before', 'during', 'after'] as const) {
    const run = (): unknown => {
      mark(phase);
      return hang.includes(phase) ? never() : undefined;
    };
    reactor.on('shutdown', { [phase]: run });
  }
  const over = reactor.run().then(() => mark('over'));
  await fake.advance(1_000);
  stoppedAt = fake.host.now();
  void reactor.stop();
  await fake.advance(60_000, 100);
  await over;
  return times;
}

describe('the deadline of a shutdown, and the shares of its phases', () => {
  it.each<{ readonly rule: string; readonly hang: readonly Phase[]; readonly times: object }>([
    {
      rule: 'a shutdown in which nothing hangs takes no time',
      hang: [],
      times: { before: 0, during: 0, after: 0, over: 0 },
    },
    {
      rule: 'before may use 40 % of 25 s',
      hang: ['before'],
      times: { before: 0, during: 10_000, after: 10_000, over: 10_000 },
    },
    {
      rule: 'during may go on up to 80 %',
      hang: ['during'],
      times: { before: 0, during: 0, after: 20_000, over: 20_000 },
    },
    {
      rule: 'during has what before left of its 80 %',
      hang: ['before', 'during'],
      times: { before: 0, during: 10_000, after: 20_000, over: 20_000 },
    },
    {
      rule: 'after has the rest, and the deadline ends it',
      hang: ['after'],
      times: { before: 0, during: 0, after: 0, over: 25_000 },
    },
    {
      rule: 'after has its share also if all phases hang',
      hang: ['before', 'during', 'after'],
      times: { before: 0, during: 10_000, after: 20_000, over: 25_000 },
    },
  ])('N8: $rule', async ({ hang, times }) => {
    expect(await timesOf(hang)).toEqual(times);
  });

  it.each<{ readonly rule: string; readonly limits: Limits; readonly times: object }>([
    {
      rule: 'a deadline that the program sets has the same shares',
      limits: { deadline: 1_000 },
      times: { before: 0, during: 400, after: 800, over: 1_000 },
    },
    {
      rule: 'a limit that the program sets for before is kept',
      limits: { deadline: 1_000, before: 100 },
      times: { before: 0, during: 100, after: 800, over: 1_000 },
    },
    {
      rule: 'a limit that the program sets for during is kept',
      limits: { deadline: 1_000, during: 100 },
      times: { before: 0, during: 400, after: 500, over: 1_000 },
    },
    {
      rule: 'a limit that the program sets for after is kept',
      limits: { deadline: 1_000, after: 100 },
      times: { before: 0, during: 400, after: 800, over: 900 },
    },
    {
      rule: 'without a deadline there are no shares',
      limits: { deadline: Infinity, before: 1_000, during: 1_000, after: 2_000 },
      times: { before: 0, during: 1_000, after: 2_000, over: 4_000 },
    },
  ])('N8: $rule', async ({ limits, times }) => {
    expect(await timesOf(['before', 'during', 'after'], limits)).toEqual(times);
  });

  it('N8: at the deadline the firing is escalated, and what it cut is named', async () => {
    const fake = new FakeProcess();
    const reactor = fake.reactor({ onError: () => {} });
    reactor.on('shutdown', { after: never }, { name: 'flush' });
    const run = reactor.run();
    void reactor.stop();
    await fake.advance(25_000);
    const { shutdown, errors } = await run;
    expect([shutdown?.escalated, shutdown?.abandoned.map(({ name }) => name)]).toEqual([true, ['flush']]);
    expect(errors[0]).toBeInstanceOf(TriggerTimeoutError);
  });

  it('N8: the time from the stop to the end of a start under way counts', async () => {
    const fake = new FakeProcess();
    const reactor = fake.reactor({ onError: () => {} });
    reactor.on('startup', () => new Promise((resolve) => void fake.host.setTimeout(() => resolve(undefined), 8_000)));
    const shutdown: number[] = [];
    reactor.on('shutdown', {
      before: () => {
        shutdown.push(fake.host.now());
        return never();
      },
      during: () => {
        shutdown.push(fake.host.now());
        return never();
      },
    });
    const run = reactor.run();
    void reactor.stop();
    await fake.advance(30_000, 100);
    await run;
    // `before` ends at 40 % of the deadline, counted from the stop, but has at least a tenth of it: 2.5 s. `during` ends at 80 %.
    expect([...shutdown, (await run).shutdown!.duration]).toEqual([8_000, 10_500, 12_000]);
  });

  it('N8: a start that a stop interrupts may use 40 %, and each phase of the shutdown still has a share', async () => {
    const fake = new FakeProcess();
    const reactor = fake.reactor({ onError: () => {} });
    reactor.on('startup', never, { name: 'hangs' });
    const begun: number[] = [];
    const mark = (): Promise<never> => {
      begun.push(fake.host.now());
      return never();
    };
    reactor.on('shutdown', { before: mark, during: mark, after: mark });
    const run = reactor.run();
    void reactor.stop();
    await fake.advance(30_000, 100);
    const { startup, shutdown } = await run;
    expect([startup.abandoned.map(({ name }) => name), ...begun]).toEqual([['hangs'], 10_000, 12_500, 20_000]);
    expect(shutdown?.duration).toBe(15_000);
  });

  it.each<{
    readonly rule: string;
    readonly leadTime: number;
    readonly hang: readonly Phase[];
    readonly times: object;
  }>([
    {
      rule: 'a lead time comes on top of the share of before',
      leadTime: 5_000,
      hang: ['before', 'during', 'after'],
      // L + 0.4 (D − L), L + 0.8 (D − L), D
      times: { before: 0, during: 13_000, after: 21_000, over: 25_000 },
    },
    {
      rule: 'half of the deadline is the longest lead time',
      leadTime: 12_500,
      hang: ['before'],
      times: { before: 0, during: 17_500, after: 17_500, over: 17_500 },
    },
    {
      rule: 'a lead time alone takes no time',
      leadTime: 5_000,
      hang: [],
      times: { before: 0, during: 0, after: 0, over: 0 },
    },
  ])('N8: $rule', async ({ leadTime, hang, times }) => {
    expect(await timesOf(hang, undefined, leadTime)).toEqual(times);
  });

  it('N8: the longest lead time of all services counts', async () => {
    const fake = new FakeProcess();
    const reactor = fake.reactor({ onError: () => {} });
    for (const leadTime of [1_000, 5_000, 2_000]) reactor.use({ name: `http ${String(leadTime)}`, leadTime });
    const begun: number[] = [];
    reactor.on('shutdown', { before: never, during: () => void begun.push(fake.host.now()) });
    const run = reactor.run();
    await fake.advance(0);
    void reactor.stop();
    await fake.advance(30_000, 100);
    await run;
    expect(begun).toEqual([13_000]);
  });

  it.each<{ readonly what: string; readonly shutdown: unknown; readonly message: RegExp }>([
    {
      what: 'a misspelt limit',
      shutdown: { deadLine: 1_000 },
      message: /limits.shutdown has no option "deadLine": did you mean "deadline"/,
    },
    {
      what: 'a string as deadline',
      shutdown: { deadline: '10000' },
      message: /limits.shutdown.deadline is a string: give a number/,
    },
    { what: 'a number', shutdown: 8_000, message: /limits.shutdown is a number: give an object/ },
  ])('N8: $what is refused at once', ({ shutdown, message }) => {
    expect(() => new FakeProcess().reactor({ limits: { shutdown: shutdown as Limits } })).toThrow(message);
  });

  it('N8: a lead time above half of the deadline is refused with both numbers', () => {
    const reactor = new FakeProcess().reactor({ limits: { shutdown: { deadline: 20_000 } } });
    expect(() => reactor.use({ name: 'http', leadTime: 10_001 })).toThrow(/10001 ms.*20000 ms.*at least 20002/);
    expect(() => reactor.use({ name: 'http', leadTime: 10_000 })).not.toThrow();
  });
});

describe('the limits of NodeReactor on virtual time', () => {
  /** What `timesOf` gives, measured with a ManualReactor, in virtual milliseconds. */
  async function virtualTimesOf(hang: readonly Phase[], limits: Limits, leadTime = 0): Promise<object> {
    const reactor = new ManualReactor({ limits: { shutdown: limits }, onError: () => {} });
    reactor.use({ name: 'http', leadTime });
    const times: Record<string, number> = {};
    for (const phase of ['before', 'during', 'after'] as const) {
      const run = (): unknown => {
        times[phase] = reactor.now() - 7_000;
        return hang.includes(phase) ? never() : undefined;
      };
      reactor.on('shutdown', { [phase]: run });
    }
    await reactor.start();
    await reactor.advanceAsync(7_000);
    await reactor.finish();
    return { ...times, over: reactor.now() - 7_000 };
  }

  const everyPhase: readonly Phase[] = ['before', 'during', 'after'];

  it.each<{
    readonly what: string;
    readonly hang: readonly Phase[];
    readonly given: Limits | undefined;
    readonly leadTime: number;
  }>([
    { what: 'nothing hangs', hang: [], given: undefined, leadTime: 0 },
    { what: 'before hangs', hang: ['before'], given: undefined, leadTime: 0 },
    { what: 'during hangs', hang: ['during'], given: undefined, leadTime: 0 },
    { what: 'all phases hang', hang: everyPhase, given: undefined, leadTime: 0 },
    { what: 'a lead time of 5 s', hang: everyPhase, given: undefined, leadTime: 5_000 },
    { what: 'a deadline of 10 s', hang: everyPhase, given: { deadline: 10_000 }, leadTime: 1_000 },
    { what: 'a limit of its own for before', hang: everyPhase, given: { before: 100 }, leadTime: 0 },
  ])('N8: a ManualReactor has the same times as a NodeReactor: $what', async ({ hang, given, leadTime }) => {
    const virtual = await virtualTimesOf(hang, nodeShutdownLimits(given), leadTime);
    expect(virtual).toEqual(await timesOf(hang, given, leadTime));
  });

  it('N8: the time of a slow before is taken off during, and several reactors can have the same limits object', async () => {
    const shutdown = nodeShutdownLimits();
    const overs = [];
    for (const slow of [3_000, 0, 9_000]) {
      const reactor = new ManualReactor({ limits: { shutdown }, onError: () => {} });
      reactor.on('shutdown', { before: () => sleep(reactor, slow), during: never });
      await reactor.start();
      const { shutdown: report } = await reactor.finish();
      expect(report?.abandoned).toHaveLength(1);
      overs.push(reactor.now());
    }
    expect(overs).toEqual([20_000, 20_000, 20_000]);
  });

  it('N8: the times are counted anew in each run of a reactor that crashed', async () => {
    const reactor = new ManualReactor({ limits: { shutdown: nodeShutdownLimits() }, onError: () => {} });
    reactor.on('shutdown', never);
    await reactor.start();
    void reactor.stop();
    await reactor.advanceAsync(5_000);
    reactor.crash();
    await reactor.advanceAsync(1_000);
    await reactor.start();
    await reactor.finish();
    expect(reactor.now()).toBe(26_000);
  });

  it('N8: a NodeReactor accepts nodeShutdownLimits(), and a lead time above half of their deadline is refused', async () => {
    expect(await timesOf(everyPhase, nodeShutdownLimits({ deadline: 1_000 }))).toEqual({
      before: 0,
      during: 400,
      after: 800,
      over: 1_000,
    });
    const reactor = new ManualReactor({ limits: { shutdown: nodeShutdownLimits() } });
    expect(() => reactor.use({ name: 'http', leadTime: 12_501 })).toThrow(RangeError);
  });

  it('N8: with deadline: Infinity nodeShutdownLimits() has no limits, and it refuses wrong options', () => {
    const { deadline, before, during, after } = nodeShutdownLimits({ deadline: Infinity });
    expect([deadline, before, during, after]).toEqual([Infinity, Infinity, Infinity, Infinity]);
    expect(() => nodeShutdownLimits({ deadline: '10000' as never })).toThrow(TypeError);
    expect(() => nodeShutdownLimits({ deadLine: 1 } as Limits)).toThrow(/did you mean "deadline"/);
  });
});
