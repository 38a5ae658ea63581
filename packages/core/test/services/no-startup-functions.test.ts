import { describe, expect, it } from '@jest/globals';

import { addService, background, inFlight, restartService, type Service } from '@triphase/core';

import { LiveServices } from './live-services.ts';

/** `db` has functions in `during` and `after`; `web` needs it, and has only shutdown functions. */
function dbAndWeb(live: LiveServices): [db: Service, web: Service] {
  const db = live.use('db', { phases: ['during', 'after'] });
  const stops = {
    before: () => void live.log.push('-web before'),
    after: () => void live.log.push('-web after'),
  };
  return [db, live.reactor.use({ name: 'web', needs: [db], shutdown: stops })];
}

const run = async (live: LiveServices): Promise<void> => {
  live.reactor.run().catch(() => undefined);
  await live.rest();
};
const stop = async (live: LiveServices): Promise<void> => {
  live.reactor.stop().catch(() => undefined);
  await live.rest();
};

/** Settles all calls of this name: one that a crash has left behind, too. */
const settleAll = async (live: LiveServices, name: string): Promise<void> => {
  while (live.waiting.includes(name)) await live.settle(name);
};

const STOPPED = '-web before -db during -web after -db after';

describe('a service without startup functions is stopped if all that it needs have started', () => {
  it('C29, C52: in the first run', async () => {
    const live = new LiveServices();
    const [, web] = dbAndWeb(live);
    live.slow.add('+db during');
    await run(live);
    await stop(live);
    live.log.length = 0;
    expect(live.state(web)).toBe('idle');
    await settleAll(live, '+db during');
    expect([live.takeLog(), live.state(web), live.reactor.state]).toEqual([STOPPED, 'stopped', 'stopped']);
  });

  it('C29, C31, C52: in a run after a crash that came when it had started', async () => {
    const live = new LiveServices();
    const [, web] = dbAndWeb(live);
    live.slow.add('+db during').add('+db after');
    await run(live);
    await settleAll(live, '+db during');
    expect(live.state(web)).toBe('started');
    live.reactor.crash();
    await run(live);
    expect(live.state(web)).toBe('idle');
    await stop(live);
    live.log.length = 0;
    await settleAll(live, '+db during');
    expect([live.takeLog(), live.state(web), live.reactor.state]).toEqual([STOPPED, 'stopped', 'stopped']);
  });

  it('C31, C52: in a run after a crash during a stop, when what it needs had failed before that stop', async () => {
    const live = new LiveServices();
    const db = live.use('db', { phases: ['before', 'during'] });
    const web = live.reactor.use({ name: 'web', needs: [db], shutdown: { after: () => void live.log.push('-web') } });
    live.use('slow');
    live.slow.add('+db during').add('-slow');
    await run(live);
    await live.settle('+db during', new Error('no route'));
    expect([live.waiting, live.state(web)]).toEqual([['-slow'], 'stopped']);
    live.reactor.crash();
    live.slow.add('+db before');
    await run(live);
    await stop(live);
    live.log.length = 0;
    await live.settle('+db before');
    await settleAll(live, '-slow');
    expect([live.takeLog(), live.reactor.state]).toEqual(['-db before -slow -db during -web', 'stopped']);
  });

  it('C31, C52, C60: in a run after a crash during a restart that had stopped it', async () => {
    const live = new LiveServices();
    const [db, web] = dbAndWeb(live);
    await run(live);
    live.slow.add('+db during');
    restartService(live.reactor, db).catch(() => undefined);
    await live.rest();
    expect(live.state(web)).toBe('stopped');
    live.reactor.crash();
    await run(live);
    await stop(live);
    live.log.length = 0;
    await settleAll(live, '+db during');
    expect([live.takeLog(), live.state(web), live.reactor.state]).toEqual([STOPPED, 'stopped', 'stopped']);
  });

  it('C52, C60: when a stop has cut its restart', async () => {
    const live = new LiveServices();
    const [db, web] = dbAndWeb(live);
    await run(live);
    live.slow.add('+db during');
    restartService(live.reactor, db).catch(() => undefined);
    await live.rest();
    await stop(live);
    live.log.length = 0;
    await settleAll(live, '+db during');
    expect([live.takeLog(), live.state(web), live.reactor.state]).toEqual([STOPPED, 'stopped', 'stopped']);
  });

  it('C31, C52: after a crash in the restart of another service', async () => {
    const live = new LiveServices();
    const [, web] = dbAndWeb(live);
    const slow = live.use('slow');
    await run(live);
    live.slow.add('+slow');
    restartService(live.reactor, slow).catch(() => undefined);
    await live.rest();
    live.reactor.crash();
    await run(live);
    await stop(live);
    live.log.length = 0;
    await settleAll(live, '+slow');
    expect([live.takeLog(), live.state(web), live.reactor.state]).toEqual([
      '-web before -slow -db during -web after -db after',
      'stopped',
      'stopped',
    ]);
  });

  it('C52, C63: when a stop has cut its addition', async () => {
    const live = new LiveServices();
    await run(live);
    const db = live.service('db', { phases: ['during', 'after'] });
    const web: Service = {
      name: 'web',
      needs: [db],
      shutdown: { before: () => void live.log.push('-web before'), after: () => void live.log.push('-web after') },
    };
    live.slow.add('+db during');
    addService(live.reactor, db).catch(() => undefined);
    addService(live.reactor, web).catch(() => undefined);
    await live.rest();
    await stop(live);
    live.log.length = 0;
    await settleAll(live, '+db during');
    expect([live.takeLog(), live.reactor.state]).toEqual([STOPPED, 'stopped']);
  });

  it('C32, C52: not when an escalation has cut the start of what it needs, in a run after a crash', async () => {
    const live = new LiveServices();
    const [db, web] = dbAndWeb(live);
    live.slow.add('+db during').add('+db after');
    await run(live);
    await settleAll(live, '+db during');
    live.reactor.crash();
    await run(live);
    live.log.length = 0;
    live.reactor.escalate();
    await live.rest();
    expect([live.takeLog(), live.state(db), live.state(web)]).toEqual(['', 'failed', 'idle']);
  });

  it('C32, C52: when an escalation has cut the start of another trigger, in a run after a crash', async () => {
    const live = new LiveServices();
    const [, web] = dbAndWeb(live);
    live.slow.add('+db after');
    await run(live);
    live.reactor.crash();
    live.reactor.once('startup', () => new Promise(() => undefined));
    await run(live);
    live.log.length = 0;
    live.reactor.escalate();
    await live.rest();
    expect([live.takeLog(), live.state(web)]).toEqual([STOPPED, 'stopped']);
  });

  it.each([false, true])(
    'C52, C58: before the body that it needs is told, when a stop comes while another service starts (after a crash: %s)',
    async (isAfterCrash) => {
      const live = new LiveServices();
      const body = live.reactor.use(
        background('body', ({ stopped }) => {
          void stopped.then(() => live.log.push('told'));
          return stopped;
        }),
      );
      live.reactor.use({ name: 'web', needs: [body], shutdown: { before: () => void live.log.push('-web') } });
      live.use('slow');
      live.slow.add('+slow');
      await run(live);
      if (isAfterCrash) {
        live.reactor.crash();
        await live.rest();
        await run(live);
      }
      live.log.length = 0;
      await stop(live);
      live.log.push('|');
      await settleAll(live, '+slow');
      await live.rest();
      expect(live.takeLog()).toBe('| -web -slow told');
    },
  );

  it.each([false, true])('C52, C62: before the gate that it needs closes (after a crash: %s)', async (isAfterCrash) => {
    const live = new LiveServices();
    const db = live.use('db', { phases: ['during', 'after'] });
    const gate = live.reactor.use(inFlight('gate', { needs: [db] }));
    live.reactor.use({
      name: 'web',
      needs: [gate],
      shutdown: {
        before: async () => {
          live.log.push('-web');
          await gate.run(() => live.log.push('work'));
        },
      },
    });
    live.slow.add('+db during').add('+db after');
    await run(live);
    await settleAll(live, '+db during');
    if (isAfterCrash) {
      live.reactor.crash();
      await live.rest();
      await run(live);
      await settleAll(live, '+db during');
    }
    live.log.length = 0;
    await stop(live);
    await settleAll(live, '+db after');
    await live.rest();
    expect(live.takeLog()).toBe('-web work -db during -db after');
  });

  it('C52, C63: when it is added in before shutdown', async () => {
    const live = new LiveServices();
    const [db] = dbAndWeb(live);
    live.slow.add('-db during');
    live.reactor.addSystemEventTrigger('before', 'shutdown', () => {
      addService(live.reactor, {
        name: 'late',
        needs: [db],
        shutdown: { before: () => void live.log.push('-late before'), after: () => void live.log.push('-late after') },
      }).catch((e: unknown) => void live.log.push(String(e)));
    });
    await run(live);
    live.log.length = 0;
    await stop(live);
    await live.settle('-db during');
    expect(live.takeLog()).toBe('-web before -late before -db during -late after -web after -db after');
  });

  it.each(['before', 'during', 'after'] as const)(
    'C31, C52, C58: when the body that it needs ends in a start after a crash, and is called again (slow in %s)',
    async (phase) => {
      const live = new LiveServices();
      const ends: (() => void)[] = [];
      const body = live.reactor.use(
        background('body', ({ stopped }) => Promise.race([stopped, new Promise<void>((r) => ends.push(r))])),
      );
      live.reactor.use({ name: 'web', needs: [body], shutdown: { before: () => void live.log.push('-web') } });
      live.use('slow', { phases: [phase] });
      await run(live);
      restartService(live.reactor, body).catch(() => undefined);
      live.reactor.crash();
      await live.rest();
      live.slow.add('+slow');
      await run(live);
      ends[0]?.();
      await live.rest();
      live.log.length = 0;
      await stop(live);
      await settleAll(live, '+slow');
      await live.rest();
      expect([live.reactor.state, live.takeLog(), ends.length]).toEqual([
        'stopped',
        phase === 'before' ? '-slow -web' : '-web -slow',
        2,
      ]);
    },
  );
});
