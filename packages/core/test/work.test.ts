import { describe, expect, it } from '@jest/globals';
import { settled } from './hand-turned-reactor.ts';
import { HostedReactor } from './hosted-reactor.ts';
import { stopping, held } from './stopping-reactor.ts';
import { never } from './never.ts';
import { strictReactor } from './strict-reactor.ts';

describe('values that waitUntil() accepts and refuses', () => {
  it.each([
    { name: 'a number', wrong: 5 },
    { name: 'a function', wrong: never },
    { name: 'null', wrong: null },
  ])('C57: $name throws at once, and does not hold the stop', async ({ wrong }) => {
    const reactor = strictReactor();
    // as: that is what a program without types may pass
    expect(() => {
      reactor.waitUntil(wrong as unknown as PromiseLike<unknown>);
    }).toThrow();
    expect(reactor.pending()).toEqual([]);
    expect((await stopping(reactor)).shutdown?.counts.before).toBe(0);
  });

  it('C57: a getter of then that throws is a rejection', async () => {
    const errors: unknown[] = [];
    const reactor = strictReactor({ onError: (error) => errors.push(error) });
    reactor.waitUntil({
      get then(): never {
        throw new Error('no');
      },
    });
    await settled();
    expect([errors.map(String), reactor.pending()]).toEqual([['Error: no'], []]);
  });

  it('C57: the message for a function says what to do', () => {
    expect(() => {
      strictReactor().waitUntil(never as unknown as PromiseLike<unknown>);
    }).toThrow('waitUntil() needs a promise, got function: call the function, and pass what it returns');
  });

  it('C57: a function that is a thenable is work', async () => {
    const reactor = strictReactor();
    let fulfil = (): void => undefined;
    const thenable = Object.assign(() => undefined, {
      then: (done: () => void): void => {
        fulfil = done;
      },
    });
    reactor.waitUntil(thenable as unknown as PromiseLike<unknown>); // as: a promise has more than it needs here
    const ended = stopping(reactor);
    expect(held(reactor)).toEqual(['work waitUntil (before)']);
    fulfil();
    await settled();
    reactor.pump();
    expect((await ended).errors).toEqual([]);
  });

  it('C57: a thousand pieces of work that are over leave no trigger behind', async () => {
    const reactor = strictReactor();
    for (let n = 0; n < 1_000; n++) reactor.waitUntil(Promise.resolve());
    expect(reactor.pending().length).toBe(1_000);
    await settled();
    expect(reactor.pending()).toEqual([]);
    expect((await stopping(reactor)).shutdown?.counts).toEqual({ before: 0, during: 0, after: 0 });
  });

  it('C57: when a crash cuts the stop, failed work is reported by the next stop', async () => {
    const errors: unknown[] = [];
    const reactor = strictReactor({ onError: (error) => errors.push(error) });
    const ended = reactor.run();
    reactor.pump();
    let reject = (_: Error): void => undefined;
    reactor.waitUntil(new Promise<void>((_, no) => (reject = no)), { name: 'save' });
    void reactor.stop();
    reject(new Error('disk full'));
    await settled();
    reactor.crash();
    await ended;
    expect(errors).toEqual([]);
    const again = stopping(reactor);
    await settled();
    reactor.pump();
    expect((await again).errors.map(({ message }) => message)).toEqual([
      'Work "save" (shutdown, before) failed: disk full',
    ]);
    expect(errors.length).toBe(1);
  });
});

describe('work and limits', () => {
  it('C57: the deadline of shutdown ends it, and the later phases run', async () => {
    const errors: unknown[] = [];
    const reactor = strictReactor({ limits: { shutdown: { deadline: 100 } }, onError: (error) => errors.push(error) });
    const phases: string[] = [];
    reactor.on('shutdown', { after: () => phases.push('after') });
    reactor.waitUntil(never(), { name: 'save' });
    const ended = stopping(reactor);
    reactor.advance(99);
    expect(phases).toEqual([]);
    reactor.advance(1);
    const { shutdown } = await ended;
    expect(phases).toEqual(['after']);
    expect(shutdown?.escalated).toBe(true);
    expect(shutdown?.abandoned).toEqual([{ kind: 'work', name: 'save', event: 'shutdown', phase: 'before', age: 100 }]);
    expect(shutdown?.errors[0]?.message).toContain('Work "save" (shutdown, before)');
    expect(errors.length).toBe(1);
  });

  it('C57: the limit of the phase also ends work that was given later in the phase', async () => {
    const reactor = strictReactor({ limits: { shutdown: { before: 100 } }, onError: () => undefined });
    reactor.waitUntil(never(), { name: 'early' });
    const ended = stopping(reactor);
    reactor.advance(99);
    reactor.waitUntil(never(), { name: 'late' });
    reactor.advance(1);
    const { shutdown } = await ended;
    expect(shutdown?.abandoned.map(({ name, age }) => `${name} ${String(age)}`)).toEqual(['early 100', 'late 1']);
  });

  it('C47: work in flight has its age: the time since it was given', () => {
    const reactor = strictReactor();
    reactor.advance(1_000);
    reactor.waitUntil(never(), { name: 'upload' });
    reactor.advance(30);
    expect(reactor.pending()).toEqual([{ kind: 'work', name: 'upload', age: 30 }]);
  });

  it('C31, C57: after a crash the next stop waits for the work that is still in flight, and for no other', async () => {
    const reactor = strictReactor();
    reactor.waitUntil(Promise.resolve(), { name: 'over' });
    let finish = (): void => undefined;
    const stubborn: Promise<void> = new Promise((resolve) => {
      finish = resolve;
    });
    const cut = reactor.run();
    reactor.pump();
    reactor.waitUntil(settled(), { name: 'over in the stop' });
    reactor.waitUntil(stubborn, { name: 'stubborn' });
    void reactor.stop();
    reactor.pump();
    await settled();
    await settled();
    expect(held(reactor)).toEqual(['work stubborn (before)']);
    reactor.crash();
    expect((await cut).reason.kind).toBe('crash');

    const ended = stopping(reactor);
    expect(held(reactor)).toEqual(['work stubborn (before)']);
    finish();
    expect((await ended).shutdown?.counts.before).toBe(1);
  });

  it('C57: work that is given while the limit passes is abandoned, too', async () => {
    const reactor = strictReactor({ limits: { shutdown: { deadline: 100 } }, onError: () => undefined });
    reactor.on('shutdown', {
      before: ({ signal }) => {
        signal.addEventListener('abort', () => {
          reactor.waitUntil(never(), { name: 'too late' });
        });
        return never();
      },
    });
    const ended = stopping(reactor);
    reactor.advance(100);
    expect((await ended).shutdown?.abandoned.map(({ name }) => name)).toContain('too late');
  });

  it('C32: in a terminal shutdown work has the grace of its phase, and no more', async () => {
    let leave = (): void => undefined;
    const reactor = new HostedReactor({
      attachHost: (control) => {
        leave = () => {
          control.fire('shutdown', { kind: 'unload' }, { terminal: true });
        };
      },
    });
    const ended = reactor.run();
    reactor.pump();
    reactor.waitUntil(
      (async () => {
        for (let hop = 0; hop < 20; hop++) await Promise.resolve();
      })(),
      { name: 'quick' },
    );
    reactor.waitUntil(never(), { name: 'slow' });
    leave();
    await settled();
    const { errors, shutdown } = await ended;
    expect(errors).toEqual([]);
    expect(shutdown?.abandoned.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['work slow']);
  });
});
