import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { addService, health, removeService, restartService, type Observer } from '@triphase/core';
import { serviceControl } from '../../src/services/service-control.ts';
import { HandTurnedReactor, settled } from '../hand-turned-reactor.ts';
import { stateOf, LiveServices } from './live-services.ts';

describe('the control', () => {
  it('C58: isNeeded tells whether something that has started needs it', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const web = live.use('web', { needs: [db] });
    const control = serviceControl(live.reactor);
    expect(control.isNeeded(db)).toBe(false);
    await live.start();
    expect(control.isNeeded(db)).toBe(true);
    expect(control.isNeeded(web)).toBe(false);
    await removeService(live.reactor, web);
    expect(control.isNeeded(db)).toBe(false);
    live.reactor.crash();
  });

  it('C61: health shows the states, and since when', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.reactor.advance(5);
    await live.start();
    live.reactor.advance(7);
    live.slow.add('+db');
    void restartService(live.reactor, db);
    await live.rest();
    live.reactor.advance(2);
    expect((await health(live.reactor)).services).toMatchObject([{ name: 'db', state: 'starting', age: 2 }]);
    live.reactor.advance(3);
    await live.settle('+db');
    live.reactor.advance(4);
    expect((await health(live.reactor)).services).toMatchObject([{ name: 'db', state: 'started', age: 4 }]);
    live.reactor.crash();
  });

  it('C58: failProgram stops with the reason, and the error is once in the result', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const run = live.reactor.run();
    await live.rest();
    const error = new Error('lost');
    const reason = { kind: 'service-failed', service: 'db', cause: error };
    const control = serviceControl(live.reactor);
    control.failProgram(reason, error);
    control.failProgram(reason, error);
    await live.rest();
    const result = await run;
    expect(result.reason).toEqual(reason);
    expect(result.errors).toHaveLength(1);
    expect(live.state(db)).toBe('stopped');
  });

  it('C26: failProgram while starting is a failed start', async () => {
    const live = new LiveServices();
    live.use('db');
    live.slow.add('+db');
    const run = live.reactor.run();
    run.catch(() => undefined);
    await live.rest();
    const error = new Error('lost');
    serviceControl(live.reactor).failProgram({ kind: 'service-failed', service: 'db', cause: error }, error);
    await live.settle('+db');
    await expect(run).rejects.toMatchObject({ code: 'ERR_TRIPHASE_STARTUP_FAILED' });
    await expect(run).rejects.toThrow('lost');
    await expect(run).rejects.toMatchObject({ stack: expect.stringContaining('service "db"') as unknown });
  });

  it('C46, C60: the observer is told why a part is stopped and started', async () => {
    const seen: unknown[] = [];
    const observer: Observer = {
      firing: (step, { event, reason }) => {
        seen.push([step, event, reason]);
      },
      trigger: (step, { name, reason }) => {
        if (step === 'start') seen.push([name, reason?.kind]);
      },
    };
    const live = new LiveServices({ observer });
    const db = live.use('db');
    await live.start();
    seen.length = 0;
    await restartService(live.reactor, db);
    const reason = { kind: 'restart', service: 'db' };
    expect(seen).toEqual([
      ['start', 'shutdown', reason],
      ['db', 'restart'],
      ['end', 'shutdown', reason],
      ['start', 'startup', reason],
      ['db', 'restart'],
      ['end', 'startup', reason],
    ]);
    live.reactor.crash();
  });

  it.each([5, null, undefined, {}, 'reactor'])('C60: %p is no reactor', (app) => {
    expect(() => serviceControl(app as never)).toThrow(
      'The first argument is no reactor of this copy of @triphase/core: pass the reactor itself',
    );
  });

  it('C60: a service that is not used is neither needed nor held', async () => {
    const live = new LiveServices();
    await live.start();
    const control = serviceControl(live.reactor);
    const unknown = live.service('unknown');
    control.down(unknown);
    expect([control.isNeeded(unknown), control.isHeld(unknown)]).toEqual([false, false]);
    live.reactor.crash();
  });

  it('C37, C60: the phases of a restart run in the context of the run, wherever a function settles', async () => {
    class ContextKeeper extends HandTurnedReactor {
      protected override captureContext(): (fn: () => void) => void {
        return AsyncLocalStorage.snapshot();
      }
    }
    const reactor = new ContextKeeper();
    const stores: unknown[] = [];
    const storage = new AsyncLocalStorage();
    const note = (): void => void stores.push(storage.getStore());
    let settle = (): void => undefined;
    const turn = async (): Promise<void> => {
      await settled();
      reactor.pump();
    };
    const db = reactor.use({
      name: 'db',
      startup: { during: note },
      shutdown: {
        // A thenable that calls back at once, in the context of who settles it.
        before: () => ({ then: (resolve: () => void) => (settle = resolve) }),
        during: note,
      },
    });
    storage.run('run', () => void reactor.run());
    await turn();
    const restarted = storage.run('restart', () => restartService(reactor, db));
    await turn();
    storage.run('settle', () => {
      settle();
    });
    expect(await stateOf(restarted)).toBe('done');
    expect(stores).toEqual(['run', 'run', 'run']);
    reactor.crash();
  });

  it('C58: failed reports an error of a service, which is in the result once', async () => {
    const sources: unknown[] = [];
    const live = new LiveServices({ onError: (error, source) => sources.push([error, source]) });
    const db = live.use('db');
    const run = live.reactor.run();
    await live.rest();
    const error = new Error('lost');
    serviceControl(live.reactor).failed(db, error);
    expect(sources).toEqual([[error, { kind: 'service', name: 'db' }]]);
    void live.reactor.stop();
    await live.rest();
    expect((await run).errors).toHaveLength(1);
  });

  it.each<{ readonly name: string; readonly debug: boolean; readonly error: unknown; readonly count: number }>([
    { name: 'with `debug` followed by the stack', debug: true, error: new Error('lost'), count: 2 },
    { name: 'alone without it', debug: false, error: new Error('lost'), count: 1 },
    { name: 'alone where there is no error', debug: true, error: undefined, count: 1 },
  ])('C59: warn logs a line, $name', async ({ debug, error, count }) => {
    const lines: string[] = [];
    const warn = (text: string): void => void lines.push(...text.split('\n'));
    const live = new LiveServices({ debug, logger: { info: warn, warn, error: warn } });
    await live.start();
    lines.length = 0;
    serviceControl(live.reactor).warn('db failed', error);
    expect(lines[0]).toBe('db failed');
    expect(Math.min(lines.length, 2)).toBe(count);
    live.reactor.crash();
  });

  it('C52, C63: after a service was added, `use()` is still too late', async () => {
    const live = new LiveServices();
    await live.start();
    await addService(live.reactor, live.service('added'));
    expect(() => live.use('used')).toThrow('comes too late');
    live.reactor.crash();
  });
});
