import { describe, expect, it } from '@jest/globals';
import { HandTurnedReactor } from './hand-turned-reactor.ts';
import { createReactor } from './hostile.ts';

describe('C65: options are read once', () => {
  it('each option of a reactor is read once', () => {
    const reads: string[] = [];
    const options = new Proxy(
      { maxBatch: 5, limits: {}, debug: true, logger: console, host: {}, timings: true },
      {
        get(target, key): unknown {
          reads.push(String(key));
          return Reflect.get(target, key);
        },
      },
    );
    expect(() => new HandTurnedReactor(options)).not.toThrow();
    expect(reads.sort()).toEqual(['debug', 'host', 'limits', 'logger', 'maxBatch', 'timings']);
  });

  it.each(['name', 'signal', 'onDrop'])('callLater reads %s once, also after a stop', async (key) => {
    const [reactor] = createReactor();
    void reactor.run();
    const ended = reactor.stop();
    reactor.pump();
    await ended;
    let reads = 0;
    const options = Object.defineProperty({}, key, {
      enumerable: true,
      get: () => (reads++, key === 'onDrop' ? () => undefined : undefined),
    });
    reactor.callLater(5, () => undefined, options);
    expect([reads, reactor.getDelayedCalls().length]).toEqual([1, key === 'onDrop' ? 0 : 1]);
  });
});
