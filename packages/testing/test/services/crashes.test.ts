import { describe, expect, it } from '@jest/globals';
import { addService, background, type BackgroundContext, removeService, type Service } from '@triphase/core';
import { create, nextMacrotask } from './service-bench.ts';

describe('services and crashes', () => {
  it('C31: a removal that waits for another removal does not begin if the reactor crashes during the other one', async () => {
    const { reactor, errors } = create();
    const said: string[] = [];
    const service = (name: string, stop: () => void, needs: readonly Service[] = []): Service =>
      reactor.use({
        name,
        needs,
        startup: { during: () => void said.push(`+${name}`) },
        shutdown: {
          during: () => {
            said.push(`-${name}`);
            stop();
          },
        },
      });
    const first = service('first', () => {
      reactor.crash();
    });
    const second = service('second', () => undefined);
    const removed: Promise<void>[] = [];
    reactor.once('startup', {
      after: () => {
        removed.push(removeService(reactor, first), removeService(reactor, second));
      },
    });
    void reactor.run();
    await nextMacrotask();
    expect(said).toEqual(['+first', '+second', '-first']);
    for (const promise of removed) await expect(promise).rejects.toThrow('crashed');
    expect(reactor.state).toBe('idle');
    expect(errors).toEqual([]);
  });

  it('C58: a background that was added while stopping goes on after a crash, until the next stop', async () => {
    const { reactor } = create();
    const bodies: BackgroundContext[] = [];
    const worker = background('worker', (context) => {
      bodies.push(context);
      return context.stopped;
    });
    let starts = 0;
    const slow = { name: 'slow', startup: { during: () => (++starts === 1 ? new Promise(() => 0) : undefined) } };
    await reactor.start();
    addService(reactor, slow).catch(() => undefined);
    reactor.stop().catch(() => undefined); // this stop waits for the start of `slow`
    addService(reactor, worker).catch(() => undefined);
    await nextMacrotask();
    reactor.crash();
    await reactor.start();
    expect(bodies.map(({ signal }) => signal.aborted)).toEqual([false]);
    reactor.stop().catch(() => undefined);
    expect(bodies[0]?.signal.aborted).toBe(true);
    await reactor.finish();
  });

  it('C58, C60: a service that needs a background which ends in the start after a crash continues its start when the background is called again', async () => {
    const { reactor } = create();
    const said: string[] = [];
    const ends: (() => void)[] = [];
    const worker = reactor.use(
      background('worker', () => {
        said.push('worker');
        return new Promise<void>((resolve) => ends.push(resolve));
      }),
    );
    let release = (): void => undefined;
    let starts = 0;
    reactor.use({
      name: 'user',
      needs: [worker],
      startup: {
        during: () => {
          said.push('user during');
          if (++starts === 1) throw new Error('first');
          return new Promise<void>((resolve) => (release = resolve));
        },
        after: () => void said.push('user after'),
      },
    });
    reactor.run().catch(() => undefined); // the start fails, so the background is told to stop
    await reactor.advanceAsync(0);
    reactor.crash();
    const started = reactor.start();
    await nextMacrotask();
    ends[0]?.();
    await nextMacrotask();
    release();
    await started;
    await reactor.advanceAsync(0);
    expect(said).toEqual(['worker', 'user during', 'user during', 'worker', 'user after']);
    reactor.stop().catch(() => undefined);
    ends[1]?.();
    await reactor.finish();
  });

  it('C58: crash() in a listener of reactor.signal, after stop(), does not tell a background to stop', async () => {
    const { reactor } = create();
    const bodies: BackgroundContext[] = [];
    reactor.use(
      background('worker', (context) => {
        bodies.push(context);
        return context.stopped;
      }),
    );
    await reactor.start();
    reactor.signal.addEventListener('abort', () => {
      reactor.crash();
    });
    reactor.stop().catch(() => undefined);
    expect(reactor.state).toBe('idle');
    expect(bodies[0]?.signal.aborted).toBe(false);
    await reactor.start();
    await reactor.finish();
    expect(bodies[0]?.signal.aborted).toBe(true);
  });
});

describe('many services', () => {
  it('C58: backgrounds add no listener to the signal of the reactor: many listeners would be slow to add', async () => {
    const { reactor } = create();
    let listeners = 0;
    const { signal } = reactor;
    Object.assign(signal, {
      addEventListener: () => {
        listeners++;
      },
    });
    const told: string[] = [];
    for (const name of ['a', 'b', 'c'])
      reactor.use(background(name, ({ stopped }) => stopped.then(() => void told.push(name))));
    await reactor.start();
    expect(reactor.signal).toBe(signal);
    expect(listeners).toBe(0);
    await reactor.finish();
    expect(told).toEqual(['a', 'b', 'c']);
  });
});
