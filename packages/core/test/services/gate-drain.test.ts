import { describe, expect, it } from '@jest/globals';
import { TimeoutError } from '@triphase/core';
import { running } from './running-gate.ts';
import { rest, settled } from '../hand-turned-reactor.ts';

describe('the end of a drain', () => {
  it('C62: at drainTimeout signals abort, and onAbandoned is awaited before the needs of the gate close', async () => {
    const { reactor, gate, work, ended, reported } = await running({ drainTimeout: 100 });
    let give = (): void => undefined;
    const giveBack = (): Promise<void> => {
      work.order.push('giving back');
      return new Promise((resolve) => (give = resolve));
    };
    void work.through(gate, 'a', giveBack);
    void reactor.stop();
    await rest(reactor);
    reactor.advance(99);
    await rest(reactor);
    expect(work.order).toEqual(['a runs']);
    reactor.advance(1);
    await rest(reactor);
    expect(work.order).toEqual(['a runs', 'a is told', 'giving back']);
    give();
    await rest(reactor);
    expect(work.order.slice(3)).toEqual(['db closes']);
    const { errors, shutdown } = await ended;
    // C70: work that was given back is not abandoned.
    expect([errors, shutdown?.abandoned, reported]).toEqual([[], [], []]);
    expect(reactor.getDelayedCalls()).toEqual([]);
  });

  it('C62: the signal aborts with TimeoutError; work that ends then without onAbandoned is awaited', async () => {
    const { reactor, gate, work, ended } = await running({ drainTimeout: 100 });
    const reasons: unknown[] = [];
    void gate
      .run(
        ({ signal }) =>
          new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => {
              reasons.push(signal.reason);
              resolve();
            });
          }),
      )
      .then(() => work.order.push('ended'));
    void reactor.stop();
    await rest(reactor);
    reactor.advance(100);
    await rest(reactor);
    expect(reasons).toEqual([expect.any(TimeoutError)]);
    expect(reasons[0]).toMatchObject({ ms: 100 });
    expect(work.order).toEqual(['ended', 'db closes']);
    expect((await ended).errors).toEqual([]);
  });

  it('C62: onAbandoned is awaited also when the work ends inside the abort of its signal', async () => {
    const { reactor, gate, work, ended } = await running({ drainTimeout: 100 });
    let give = (): void => undefined;
    const onAbandoned = (): Promise<void> => new Promise((resolve) => (give = resolve));
    const told = gate.run(
      ({ signal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            resolve();
          });
        }),
      { onAbandoned },
    );
    void reactor.stop();
    await rest(reactor);
    reactor.advance(100);
    await told;
    await rest(reactor);
    expect([work.order, gate.status?.()]).toEqual([[], '1 running, 0 waiting']);
    give();
    await rest(reactor);
    await ended;
    expect([work.order, gate.status?.()]).toEqual([['db closes'], '0 running, 0 waiting']);
  });

  it('C62: a rejection of work that was given back needs no handler', async () => {
    const { reactor, gate, ended } = await running({ drainTimeout: 100 });
    void gate.run(
      ({ signal }) =>
        new Promise<void>((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        }),
      { onAbandoned: () => undefined },
    );
    void reactor.stop();
    await rest(reactor);
    reactor.advance(100);
    await rest(reactor);
    expect((await ended).errors).toEqual([]); // jest fails a test that leaves an unhandled rejection
  });

  it('C62: an onAbandoned that fails makes the stop fail; several errors come in one AggregateError', async () => {
    const { reactor, gate, work, ended, reported } = await running({ drainTimeout: 100 });
    const failing = (text: string) => (): Promise<never> => Promise.reject(new Error(text));
    const throwing = (): never => {
      throw new Error('thrown');
    };
    for (const onAbandoned of [failing('one'), throwing]) void work.through(gate, 'a', onAbandoned);
    void reactor.stop();
    await rest(reactor);
    reactor.advance(100);
    await rest(reactor);
    const { errors } = await ended;
    expect(errors.map(({ message }) => message)).toEqual([
      'Service "jobs" (shutdown, before) failed: The gate "jobs" could not give all work back',
    ]);
    expect((reported[0] as AggregateError).errors.map(String).sort()).toEqual(['Error: one', 'Error: thrown']);
    expect(work.order.at(-1)).toBe('db closes');
  });

  it.each([
    { before: 1_000, limit: 800 },
    { before: 20_000, limit: 19_000 },
  ])(
    'C62: by default the drain lasts for the limit of the phase ($before ms), less a part for onAbandoned: $limit ms',
    async ({ before, limit }) => {
      const { reactor, gate, work, ended } = await running({}, { limits: { shutdown: { before } } });
      void work.through(gate, 'a', () => work.order.push('given back'));
      void reactor.stop();
      await rest(reactor);
      reactor.advance(limit - 1);
      expect(work.order).toEqual(['a runs']);
      reactor.advance(1);
      await rest(reactor);
      expect(work.order).toEqual(['a runs', 'a is told', 'given back', 'db closes']);
      expect((await ended).errors).toEqual([]);
    },
  );

  it('C62: a drainTimeout longer than the limit of the phase is cut to that limit', async () => {
    const { reactor, gate, work, ended } = await running(
      { drainTimeout: 60_000 },
      { limits: { shutdown: { before: 1_000 } } },
    );
    void work.through(gate, 'a', () => work.order.push('given back'));
    void reactor.stop();
    await rest(reactor);
    reactor.advance(800);
    await rest(reactor);
    expect(work.order).toContain('given back');
    await ended;
  });

  it('C62: work that neither ends nor can be given back is abandoned at the limit of the phase, and the error names the gate', async () => {
    const { reactor, gate, work, ended } = await running({}, { limits: { shutdown: { before: 1_000 } } });
    void work.through(gate, 'a');
    void reactor.stop();
    await rest(reactor);
    reactor.advance(1_000);
    await rest(reactor);
    expect(work.order).toEqual(['a runs', 'a is told', 'db closes']);
    const { errors, shutdown } = await ended;
    expect(errors.map(({ code }) => code)).toEqual(['ERR_TRIPHASE_TRIGGER_TIMEOUT']);
    expect(shutdown?.abandoned.map(({ name, status }) => [name, status])).toEqual([['jobs', '1 running, 0 waiting']]);
    work.end('a'); // much later
    await rest(reactor);
    expect(work.order.at(-1)).toBe('a is done: a');
  });

  it('C32, C62: escalate() aborts the signals, calls onAbandoned, and waits for nothing', async () => {
    const { reactor, gate, work, ended, reported } = await running({ drainTimeout: 1_000 });
    void work.through(gate, 'a', () => {
      work.order.push('giving back');
      return Promise.reject(new Error('no queue'));
    });
    void reactor.stop();
    await rest(reactor);
    reactor.escalate();
    reactor.pump();
    expect(work.order).toEqual(['a runs', 'a is told', 'giving back', 'db closes']);
    expect((await ended).errors).toEqual([]);
    await settled();
    expect(reported.map(String)).toEqual(['Error: no queue']); // nothing is lost
    expect(reactor.getDelayedCalls()).toEqual([]);
  });
});
