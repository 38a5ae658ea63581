import { describe, expect, it } from '@jest/globals';
import { background, health, resource, restartService, type OpenContext, type Service } from '@triphase/core';
import { rest } from '../hand-turned-reactor.ts';
import { createReactor } from '../hostile.ts';

describe('services across a crash', () => {
  it.each(['before', 'during', 'after'] as const)(
    'C58: a body that was told to stop before a crash, and ends during the next start, is called again (slow in %s)',
    async (phase) => {
      const [reactor, errors] = createReactor();
      const ends: (() => void)[] = [];
      const worker = background('worker', () => new Promise<void>((resolve) => ends.push(resolve)));
      let started = (): void => undefined;
      let isSlow = false;
      const slow: Service = {
        name: 'slow',
        startup: { [phase]: () => (isSlow ? new Promise<void>((resolve) => (started = resolve)) : undefined) },
        shutdown: { during: () => undefined },
      };
      reactor.use(worker);
      void reactor.run();
      await rest(reactor);
      const restarted = restartService(reactor, worker).catch(() => undefined);
      await rest(reactor);
      reactor.crash();
      await restarted;
      isSlow = true;
      reactor.use(slow);
      const ended = reactor.run();
      await rest(reactor);
      expect(reactor.state).toBe('starting');
      ends[0]?.();
      await rest(reactor);
      started();
      await rest(reactor);
      expect(reactor.state).toBe('running');
      expect(ends).toHaveLength(2);
      expect((await health(reactor)).services[0]).toMatchObject({ name: 'worker', state: 'started' });
      void reactor.stop();
      ends[1]?.();
      await rest(reactor);
      await ended;
      expect(errors).toEqual([]);
    },
  );

  it('C72: a resource that was lost when a crash came is closed before it is opened again', async () => {
    const [reactor] = createReactor();
    const calls: string[] = [];
    const contexts: OpenContext[] = [];
    const db = reactor.use(
      resource(
        'db',
        (context) => {
          calls.push(`open ${String(contexts.push(context))}`);
          return contexts.length;
        },
        (value) => calls.push(`close ${String(value)}`),
        { restart: true },
      ),
    );
    void reactor.run();
    await rest(reactor);
    contexts[0]?.lost(new Error('gone'));
    reactor.crash();
    await rest(reactor);
    void reactor.run();
    await rest(reactor);
    expect(calls).toEqual(['open 1', 'close 1', 'open 2']);
    expect(db.value).toBe(2);
  });
});
