import { describe, expect, it } from '@jest/globals';

import { addService, restartService } from '@triphase/core';

import { lifeOf } from '../../src/services/service-life.ts';
import { Settlement } from '../../src/services/settlement.ts';
import { stateOf, LiveServices } from './live-services.ts';

describe('a service without functions for startup', () => {
  it('C52, C63: that is used in `after startup` has started when startup is over, and others can need it', async () => {
    const live = new LiveServices();
    const late = { name: 'late', shutdown: { during: () => live.log.push('-late') } };
    live.reactor.addSystemEventTrigger('after', 'startup', () => void live.reactor.use(late));
    await live.start();
    const added = addService(live.reactor, live.service('web', { needs: [late] }));
    await live.rest();
    expect([live.takeLog(), await stateOf(added)]).toEqual(['+web', 'done']);
    void live.reactor.stop();
    await live.rest();
    expect([live.takeLog(), live.state(late)]).toEqual(['-web -late', 'stopped']);
  });

  it('C52, C63: that needs one which starts in `after startup` has started after that', async () => {
    const live = new LiveServices();
    const db = live.use('db', { phases: ['after'] });
    const web = live.reactor.use({ name: 'web', needs: [db], shutdown: { during: () => live.log.push('-web') } });
    live.slow.add('+db');
    live.reactor.run().catch(() => undefined);
    await live.rest();
    expect(live.state(web)).toBe('idle');
    await live.settle('+db');
    expect(live.state(web)).toBe('started');
    const added = addService(live.reactor, live.service('more', { needs: [web] }));
    await live.rest();
    expect([live.takeLog(), await stateOf(added)]).toEqual(['+db +more', 'done']);
    void live.reactor.stop();
    await live.rest();
    expect(live.takeLog()).toBe('-more -web -db');
  });

  it('C61: has started when startup begins, not once more with each phase', async () => {
    const live = new LiveServices();
    live.reactor.use({ name: 'idle' });
    live.use('slow');
    live.slow.add('+slow');
    live.reactor.advance(5);
    live.reactor.run().catch(() => undefined);
    await live.rest();
    live.reactor.advance(10);
    await live.settle('+slow');
    expect(lifeOf(live.reactor).events.services.nodes).toMatchObject([
      { name: 'idle', shownState: 'started', since: 5 },
      { name: 'slow', shownState: 'started', since: 15 },
    ]);
    live.reactor.crash();
  });

  it('C31, C52: that has failed to stop starts anew in the next run', async () => {
    const live = new LiveServices({ limits: { shutdown: { during: 100 } } });
    const db = live.reactor.use({ name: 'db', shutdown: { during: () => new Promise(() => undefined) } });
    live.reactor.addSystemEventTrigger('before', 'shutdown', () => new Promise(() => undefined));
    await live.start();
    void restartService(live.reactor, db).catch(() => undefined);
    live.reactor.advance(100);
    await live.rest();
    expect([live.reactor.state, live.state(db)]).toEqual(['stopping', 'failed']);
    live.reactor.crash();
    await live.start();
    expect([live.reactor.state, live.state(db)]).toEqual(['running', 'started']);
    live.reactor.crash();
  });
});

describe('a settlement', () => {
  it('settles once, and calls back at once', () => {
    const calls: unknown[] = [];
    const listen = (settlement: Settlement): void => {
      settlement.then(
        () => calls.push('resolved'),
        (error) => calls.push(error),
      );
    };
    const [first, second] = [new Settlement(), new Settlement()];
    listen(first);
    first.resolve();
    first.reject('late');
    listen(first);
    second.reject('early');
    second.resolve();
    listen(second);
    expect(calls).toEqual(['resolved', 'resolved', 'early']);
  });
});

describe('the state of a service', () => {
  it('C52: that was never called in a run is still idle at its end', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const web = live.use('web', { needs: [db] });
    live.failing.set('+db', new Error('no route'));
    live.reactor.run().catch(() => undefined);
    await live.rest();
    expect([live.reactor.state, live.state(db), live.state(web)]).toEqual(['stopped', 'failed', 'idle']);
  });
});
