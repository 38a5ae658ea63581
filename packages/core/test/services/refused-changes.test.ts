import { describe, expect, it } from '@jest/globals';
import { addService, removeService, restartService, type Service } from '@triphase/core';
import { stateOf, LiveServices } from './live-services.ts';

describe('changes of services that are refused or fail', () => {
  /** A reactor that runs `act` in a phase of shutdown, to its end. */
  const inShutdown = async (act: (live: LiveServices) => void, phase: 'before' | 'during'): Promise<void> => {
    const live = new LiveServices();
    live.reactor.addSystemEventTrigger(phase, 'shutdown', () => {
      act(live);
    });
    await live.start();
    void live.reactor.stop();
    await live.rest();
  };
  const db: Service = { name: 'db', startup: {} };

  it('C63: a removal in shutdown, and an addition, are too late', async () => {
    const outcomes: Promise<string>[] = [];
    await inShutdown(({ reactor }) => outcomes.push(stateOf(removeService(reactor, db))), 'before');
    await inShutdown(({ reactor }) => outcomes.push(stateOf(addService(reactor, db))), 'during');
    expect(await Promise.all(outcomes)).toEqual([
      expect.stringContaining("A service can't be removed any more, shutdown has begun and stops it") as unknown,
      expect.stringContaining('A service was added too late, the phase "during" of shutdown has begun') as unknown,
    ]);
  });

  it.each(['end', 'settled'] as const)(
    'C46, C63: an addition at the end of `before shutdown` starts; once the phase has settled it is too late (%s)',
    async (when) => {
      const outcomes: Promise<string>[] = [];
      const live: LiveServices = new LiveServices({
        observer: {
          phase: (step, { event, phase }) => {
            if (step !== when || event !== 'shutdown' || phase !== 'before') return;
            const added = addService(live.reactor, live.service('late'));
            outcomes.push(
              added.then(
                () => 'started',
                (error: unknown) => (error as { code: string }).code,
              ),
            );
          },
        },
      });
      live.reactor.addSystemEventTrigger('before', 'shutdown', () => Promise.resolve());
      await live.start();
      void live.reactor.stop();
      await live.rest();
      const isInTime = when === 'end'; // the trigger is pending then, so the phase is under way
      expect(await Promise.all(outcomes)).toEqual([isInTime ? 'started' : 'ERR_TRIPHASE_PHASE_PASSED']);
      expect([live.takeLog(), live.reactor.state]).toEqual([isInTime ? '+late -late' : '', 'stopped']);
    },
  );

  it('C60, C63: the error has the names of the services in `path`', async () => {
    const live = new LiveServices();
    await live.start();
    await expect(restartService(live.reactor, db)).rejects.toMatchObject({ path: ['db'] });
    const base = await addService(live.reactor, live.service('base'));
    const web = live.service('web', { needs: [base] });
    live.slow.add('-base');
    const removed = removeService(live.reactor, base);
    await expect(addService(live.reactor, web)).rejects.toMatchObject({ path: ['web', 'base'] });
    await live.settle('-base');
    await removed;
    live.slow.add('+first');
    const first = live.service('first');
    const added = addService(live.reactor, first);
    const second = addService(live.reactor, live.service('second', { needs: [first] }));
    await live.settle('+first', new Error('full'));
    expect(await stateOf(added)).toBe('failed: full');
    await expect(second).rejects.toMatchObject({ path: ['second', 'first'] });
    live.reactor.crash();
  });

  it('C48, C60: a start that fails with `undefined` is one that fails', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    live.failing.set('+db', undefined);
    expect(await stateOf(restartService(live.reactor, db))).toBe('failed: undefined');
    await live.rest();
    expect([live.errors, live.reactor.state]).toEqual([[undefined], 'stopped']);
  });

  it('C48, C60: a start or a stop that fails is reported with the service, the event and the phase', async () => {
    const sources: unknown[] = [];
    const live = new LiveServices({ onError: (_error, source) => sources.push(source) });
    const base = live.use('base');
    await live.start();
    live.failing.set('-base', new Error('stuck')).set('+base', new Error('no route'));
    await expect(restartService(live.reactor, base)).rejects.toThrow('no route');
    expect(sources).toEqual([
      { kind: 'service', name: 'base', event: 'shutdown', phase: 'during' },
      { kind: 'service', name: 'base', event: 'startup', phase: 'during' },
    ]);
    await live.rest();
  });
});
