import { describe, expect, it } from '@jest/globals';
import { NodeReactor } from '@triphase/node-reactor';

describe('turns and other work of the host', () => {
  it('N2: a timed call that is due waits for one slice of queued calls at most', async () => {
    const reactor = new NodeReactor({ signals: false, maxBatch: 10, maxSliceMs: 1_000 });
    const order: string[] = [];
    void reactor.run();
    for (let i = 0; i < 100; i++) reactor.callSoon(() => order.push('call'));
    reactor.callLater(0, () => order.push('timer'));
    await reactor.stop();
    expect(order.indexOf('timer') <= 10).toBe(true);
    expect(order.length).toBe(101);
  });

  it('N2: calls that queue themselves again delay neither the timers of the reactor nor those of the host', async () => {
    const reactor = new NodeReactor({ signals: false, maxBatch: 10, maxSliceMs: 1_000 });
    const seen: string[] = [];
    let calls = 0;
    const flood = (): void => {
      calls++;
      if (seen.length < 2) reactor.callSoon(flood);
      else void reactor.stop();
    };
    const run = reactor.run();
    for (let i = 0; i < 50; i++) reactor.callSoon(flood);
    reactor.callLater(1, () => seen.push('timed call'));
    setTimeout(() => seen.push('host'), 1);
    await run;
    expect([[...seen].sort(), calls > 50]).toEqual([['host', 'timed call'], true]);
  });

  it('N2: the host runs its own callbacks between two slices', async () => {
    const reactor = new NodeReactor({ signals: false, maxBatch: 1 });
    const order: string[] = [];
    const run = reactor.run();
    for (const name of ['a', 'b', 'c']) reactor.callSoon(() => order.push(name));
    const immediate = (): void => {
      order.push('host');
      if (order.length < 6) setImmediate(immediate);
      else void reactor.stop();
    };
    setImmediate(immediate);
    await run;
    expect(order.slice(0, 6)).toEqual(['a', 'host', 'b', 'host', 'c', 'host']);
  });
});
