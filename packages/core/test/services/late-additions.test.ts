import { describe, expect, it } from '@jest/globals';

import { addService, background, resource, SelfWaitError, type Service } from '@triphase/core';

import { LiveServices, stateOf } from './live-services.ts';

/** A reactor with `db`. In `before shutdown` of its stop it adds `late`. */
async function adding(
  live: LiveServices,
  late: (db: Service) => Service,
  isLater = false,
): Promise<() => Promise<string>> {
  const db = live.use('db');
  let added: Promise<Service> = Promise.reject(new Error('not added'));
  added.catch(() => undefined);
  const add = (): void => {
    added = addService(live.reactor, late(db));
    added.catch(() => undefined);
  };
  // Later in the phase: then the limit of the phase was set before that of the start.
  live.reactor.addSystemEventTrigger('before', 'shutdown', isLater ? () => Promise.resolve().then(add) : add);
  await live.start();
  return () => stateOf(added);
}

describe('a service that is added in `before shutdown`, and still starts when that ends', () => {
  it.each(['limit', 'escalation'] as const)('C58, C63: a body is told and cut (end: %s)', async (end) => {
    const live = new LiveServices({ limits: { shutdown: { before: 100 } } });
    const stateOfAddition = await adding(
      live,
      (db) =>
        background(
          'late',
          ({ signal, cut }) => {
            signal.addEventListener('abort', () => live.log.push('told'));
            cut.addEventListener('abort', () => live.log.push('cut'));
            return new Promise(() => undefined);
          },
          { needs: [db], manualReady: true },
        ),
      true,
    );
    live.reactor.stop().catch(() => undefined);
    await live.rest();
    expect(live.takeLog()).toBe('');
    if (end === 'limit') live.reactor.advance(100);
    else live.reactor.escalate();
    await live.rest();
    const said = live.takeLog();
    expect(said.split(' ').sort()).toEqual(['-db', 'cut', 'told']);
    expect([live.reactor.state, await stateOfAddition()]).toEqual(['stopped', expect.stringContaining('failed: ')]);
  });
});

describe('a service that is added in a shutdown that is escalated', () => {
  it('C32, C63: its start is abandoned before what it needs stops', async () => {
    const live = new LiveServices();
    const stateOfAddition = await adding(live, (db) => ({
      name: 'late',
      needs: [db],
      startup: {
        during: ({ signal }) => {
          live.log.push('+late');
          signal.addEventListener('abort', () => live.log.push('aborted'));
          return new Promise(() => undefined);
        },
      },
      shutdown: { during: () => void live.log.push('-late') },
    }));
    live.reactor.escalate();
    await live.rest();
    expect(live.takeLog()).toBe('+late aborted -db');
    expect([live.reactor.state, await stateOfAddition()]).toEqual(['stopped', expect.stringContaining('failed: ')]);
  });

  it('C52, C63: what `open` of a resource returns later is closed at once', async () => {
    const live = new LiveServices();
    let open = (): void => undefined;
    await adding(live, () =>
      resource(
        'late',
        () =>
          new Promise<number>(
            (resolve) =>
              (open = () => {
                resolve(1);
              }),
          ),
        (value, { detail }) => live.log.push(`close ${String(value)} ${detail.kind}`),
      ),
    );
    live.reactor.escalate();
    await live.rest();
    expect([live.takeLog(), live.reactor.state]).toEqual(['-db', 'stopped']);
    open();
    await live.rest();
    expect(live.takeLog()).toBe('close 1 abandoned');
  });
});

describe('a function for `before shutdown` of a service that is added in that phase', () => {
  /** Calls `act` in that function. The start of the service pends, so the phase is already waiting when the function is called. */
  async function acting(act: (live: LiveServices) => void): Promise<LiveServices> {
    const live = new LiveServices();
    await adding(live, (db) => live.service('late', { needs: [db], phases: ['before', 'during'] }));
    live.slow.add('+late before');
    live.inside.set('-late before', () => {
      act(live);
      live.log.push('(end)');
    });
    live.reactor.stop().catch(() => undefined);
    await live.rest();
    await live.settle('+late before');
    return live;
  }

  it('C32: may escalate: the next phase begins when the function has returned', async () => {
    const live = await acting(({ reactor }) => {
      reactor.escalate();
    });
    expect(live.takeLog()).toBe('+late before +late during -late before (end) -late during -db');
    expect(live.reactor.state).toBe('stopped');
  });

  it('C28: can not stop the reactor, as the stop waits for it', async () => {
    const live = await acting(({ reactor, log }) => {
      try {
        void reactor.stop();
      } catch (error) {
        log.push(error instanceof SelfWaitError ? 'SelfWaitError' : 'another error');
      }
    });
    expect(live.takeLog()).toBe('+late before +late during -late before SelfWaitError (end) -late during -db');
    expect(live.reactor.state).toBe('stopped');
  });
});
