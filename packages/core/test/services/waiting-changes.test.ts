import { describe, expect, it } from '@jest/globals';
import { addService, removeService, restartService } from '@triphase/core';
import { serviceControl } from '../../src/services/service-control.ts';
import { alone, stateOf, LiveServices } from './live-services.ts';

describe('C60: changes that share services', () => {
  it('a change waits for an earlier change that waits itself, though the one under way shares no service with it', async () => {
    const live = new LiveServices();
    const left = live.use('left');
    const right = live.use('right');
    live.use('both', { needs: [left, right] });
    await live.start();
    live.slow.add('-left');
    const first = serviceControl(live.reactor).restart(left, alone());
    const second = restartService(live.reactor, left);
    const third = restartService(live.reactor, right);
    await live.rest();
    expect(live.takeLog()).toBe('-left');
    live.slow.clear();
    await live.settle('-left');
    expect(live.takeLog()).toBe('+left -both -left +left +both -both -right +right +both');
    for (const each of [first, second, third]) expect(await stateOf(each)).toBe('done');
    live.reactor.crash();
  });

  it('a service is not stopped while one that needs it and another one starts', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const other = live.use('other');
    await live.start();
    live.slow.add('+web');
    const added = addService(live.reactor, live.service('web', { needs: [db, other] }));
    const restarted = serviceControl(live.reactor).restart(db, alone());
    await live.rest();
    expect(live.takeLog()).toBe('+web');
    await live.settle('+web');
    expect(live.takeLog()).toBe('-db +db');
    for (const each of [added, restarted]) expect(await stateOf(each)).toBe('done');
    live.reactor.crash();
  });

  it('a service is not stopped while one that needs it waits in a start for a third', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const base = live.use('base');
    live.use('web', { needs: [db, base] });
    await live.start();
    live.slow.add('+base');
    const first = restartService(live.reactor, base);
    await live.rest();
    const second = serviceControl(live.reactor).restart(db, alone());
    await live.rest();
    expect(live.takeLog()).toBe('-web -base +base');
    await live.settle('+base');
    expect(live.takeLog()).toBe('+web -db +db');
    for (const each of [first, second]) expect(await stateOf(each)).toBe('done');
    live.reactor.crash();
  });

  it('services are stopped in the order of use, the last one first, also those that need it indirectly', async () => {
    const live = new LiveServices();
    const base = live.use('base');
    const near = live.use('near', { needs: [base] });
    live.use('far', { needs: [near] });
    live.use('last', { needs: [base] });
    await live.start();
    expect(await stateOf(restartService(live.reactor, base))).toBe('done');
    expect(live.takeLog()).toBe('-last -far -near -base +base +near +last +far');
    live.reactor.crash();
  });

  it('a service that was used by the `attach` of another one is not restarted with it', async () => {
    const live = new LiveServices();
    const owned = live.service('owned');
    const tenant = live.reactor.use({
      ...live.service('tenant'),
      attach: (app) => {
        app.use(owned);
      },
    });
    await live.start();
    expect(await stateOf(restartService(live.reactor, tenant))).toBe('done');
    expect(live.takeLog()).toBe('-tenant +tenant');
    live.reactor.crash();
  });
});

describe('C60: a request for the same change', () => {
  it('joins one that restarts as much', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.use('web', { needs: [db] });
    await live.start();
    const control = serviceControl(live.reactor);
    live.slow.add('-db');
    const all = [control.restart(db, alone()), control.restart(db, alone())];
    await live.rest();
    live.slow.clear();
    await live.settle('-db');
    expect(live.takeLog()).toBe('-db +db');
    for (const each of all) expect(await stateOf(each)).toBe('done');
    live.reactor.crash();
  });

  it('does not join one that restarts less, but follows it', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.use('web', { needs: [db] });
    await live.start();
    live.slow.add('-db');
    const first = serviceControl(live.reactor).restart(db, alone());
    const second = restartService(live.reactor, db);
    await live.rest();
    live.slow.clear();
    await live.settle('-db');
    expect(live.takeLog()).toBe('-db +db -web -db +db +web');
    for (const each of [first, second]) expect(await stateOf(each)).toBe('done');
    live.reactor.crash();
  });
});

describe('C59, C60: a waiting restart that is no longer wanted', () => {
  /** Asks for restarts of a service, in this order, while another change is under way. The policy no longer wants its restart afterwards. */
  const restartTwice = async (order: readonly ('policy' | 'user')[]): Promise<string> => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    live.slow.add('-db');
    const control = serviceControl(live.reactor);
    const first = control.restart(db, alone());
    const policy = { dependants: true, reason: { kind: 'restart' }, isWanted: () => false };
    const others = order.map((who) =>
      who === 'user' ? restartService(live.reactor, db) : control.restart(db, policy),
    );
    await live.rest();
    live.slow.clear();
    await live.settle('-db');
    for (const each of [first, ...others]) expect(await stateOf(each)).toBe('done');
    live.reactor.crash();
    return live.takeLog();
  };

  it('is dropped', async () => {
    expect(await restartTwice(['policy'])).toBe('-db +db');
  });

  it.each<{ readonly first: 'policy' | 'user'; readonly second: 'policy' | 'user' }>([
    { first: 'policy', second: 'user' },
    { first: 'user', second: 'policy' },
  ])('is done if the user asks for it, too: first the $first, then the $second', async ({ first, second }) => {
    expect(await restartTwice([first, second])).toBe('-db +db -db +db');
  });
});

describe('a change that waits', () => {
  it('C63: a removal of a service that another removal has removed meanwhile resolves', async () => {
    const live = new LiveServices();
    const base = live.use('base');
    const web = live.use('web', { needs: [base] });
    await live.start();
    live.slow.add('-base');
    const first = removeService(live.reactor, base);
    const second = removeService(live.reactor, web);
    await live.settle('-base');
    expect([await stateOf(first), await stateOf(second), live.takeLog()]).toEqual(['done', 'done', '-web -base']);
    live.reactor.crash();
  });

  it.each(['first', 'second'])('C60: is rejected as soon as a stop begins, in the %s run', async (which) => {
    const live = new LiveServices();
    const base = live.use('base');
    const web = live.use('web', { needs: [base] });
    await live.start();
    if (which === 'second') {
      void restartService(live.reactor, base).catch(() => undefined);
      void live.reactor.stop();
      live.reactor.crash();
      await live.start();
    }
    live.slow.add('-web');
    void restartService(live.reactor, base).catch(() => undefined);
    const second = restartService(live.reactor, web);
    await live.rest();
    expect(await stateOf(second)).toBe('pending');
    void live.reactor.stop();
    await live.rest();
    expect(await stateOf(second)).toContain('failed: This change of services was not over');
    await live.settle('-web');
    expect(live.reactor.state).toBe('stopped');
  });
});
