import { describe, expect, it } from '@jest/globals';

import {
  cooperate,
  every,
  ticks,
  type Observer,
  type Phase,
  type ReactorOptions,
  type RunResult,
  type PendingItem,
} from '@triphase/core';

import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';
import { HostedReactor } from './hosted-reactor.ts';

/** Runs it, and begins to stop it; it is in `before shutdown`, or over. */
function stopping(reactor: HandTurnedReactor): Promise<RunResult> {
  const ended = reactor.run();
  reactor.pump();
  void reactor.stop();
  reactor.pump();
  return ended;
}

function create(options: ReactorOptions = {}): HandTurnedReactor {
  return new HandTurnedReactor({
    onError: (error) => {
      throw error;
    },
    ...options,
  });
}

function held(reactor: HandTurnedReactor): string[] {
  return reactor.pending().map(({ kind, name, phase }: PendingItem) => `${kind} ${name} (${String(phase)})`);
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

describe('work that an observer gives', () => {
  /** Gives work once, when the observer hears of this step of this phase of shutdown. */
  function givenAt(step: string, at: Phase): { reactor: HandTurnedReactor; finish: () => void; steps: string[] } {
    let finish = (): void => undefined;
    let given = false;
    const steps: string[] = [];
    const observer: Observer = {
      phase: (now, { event, phase }) => {
        if (event !== 'shutdown') return;
        steps.push(`${phase} ${now}`);
        if (given || now !== step || phase !== at) return;
        given = true;
        reactor.waitUntil(new Promise<void>((resolve) => (finish = resolve)));
      },
    };
    const reactor = create({ observer });
    return { reactor, finish: () => finish(), steps };
  }

  it.each([
    { step: 'start', at: 'before', holds: 'before' },
    { step: 'end', at: 'before', holds: 'before' },
    { step: 'start', at: 'during', holds: 'during' },
    { step: 'end', at: 'after', holds: 'after' },
  ] as const)('C57: at the $step of $at, it holds $holds', async ({ step, at, holds }) => {
    const { reactor, finish, steps } = givenAt(step, at);
    const ended = stopping(reactor);
    expect(held(reactor)).toEqual([`work waitUntil (${holds})`]);
    finish();
    await settled();
    reactor.pump();
    const { shutdown } = await ended;
    expect(shutdown?.phases?.[holds].triggers.map(({ outcome }) => outcome)).toEqual(['done']);
    expect(steps.filter((each) => each === `${holds} settled`).length).toBe(1);
  });

  it.each([
    { over: 'before', holds: 'during' },
    { over: 'during', holds: 'after' },
  ] as const)('C57: when $over has settled, it holds $holds', async ({ over, holds }) => {
    const { reactor, finish } = givenAt('settled', over);
    reactor.addSystemEventTrigger(over, 'shutdown', () => Promise.resolve());
    const ended = stopping(reactor);
    await settled();
    expect(held(reactor)).toEqual([`work waitUntil (${holds})`]);
    finish();
    await settled();
    reactor.pump();
    expect((await ended).shutdown?.phases?.[holds].triggers.map(({ outcome }) => outcome)).toEqual(['done']);
  });

  it('C57: when after has settled, it is too late', async () => {
    const errors: unknown[] = [];
    const observer: Observer = {
      phase: (step, { event, phase }) => {
        if (event === 'shutdown' && phase === 'after' && step === 'settled') reactor.waitUntil(never());
      },
    };
    const reactor = create({ observer, onError: (error) => errors.push(error) });
    reactor.addSystemEventTrigger('after', 'shutdown', () => Promise.resolve());
    const ended = stopping(reactor);
    await settled();
    reactor.pump();
    await ended;
    expect(errors.map((error) => (error as { code: string }).code)).toEqual(['ERR_TRIPHASE_NOT_RUNNING']);
  });
});

describe('work and limits', () => {
  it('C57: the deadline of shutdown ends it, and the later phases run', async () => {
    const errors: unknown[] = [];
    const reactor = create({ limits: { shutdown: { deadline: 100 } }, onError: (error) => errors.push(error) });
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

  it('C57: a limit of the phase ends what was given in the middle of it at the same time', async () => {
    const reactor = create({ limits: { shutdown: { before: 100 } }, onError: () => undefined });
    reactor.waitUntil(never(), { name: 'early' });
    const ended = stopping(reactor);
    reactor.advance(99);
    reactor.waitUntil(never(), { name: 'late' });
    reactor.advance(1);
    const { shutdown } = await ended;
    expect(shutdown?.abandoned.map(({ name, age }) => `${name} ${String(age)}`)).toEqual(['early 100', 'late 1']);
  });

  it('C47: work in flight has its age: the time since it was given', () => {
    const reactor = create();
    reactor.advance(1_000);
    reactor.waitUntil(never(), { name: 'upload' });
    reactor.advance(30);
    expect(reactor.pending()).toEqual([{ kind: 'work', name: 'upload', age: 30 }]);
  });

  it('C31, C57: after a crash the next stop waits for the work that is still in flight, and for no other', async () => {
    const reactor = create();
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

  it('C57: work that is given as the limit passes is left behind with the rest', async () => {
    const reactor = create({ limits: { shutdown: { deadline: 100 } }, onError: () => undefined });
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

  it('C32: a host that goes away grants work its moment, and no more', async () => {
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

describe('what is given as work', () => {
  it.each([
    { name: 'a number', wrong: 5 },
    { name: 'a function', wrong: never },
    { name: 'null', wrong: null },
  ])('C57: $name throws at once, and holds nothing', async ({ wrong }) => {
    const reactor = create();
    // as: that is what a program without types may pass
    expect(() => {
      reactor.waitUntil(wrong as unknown as PromiseLike<unknown>);
    }).toThrow();
    expect(reactor.pending()).toEqual([]);
    expect((await stopping(reactor)).shutdown?.counts.before).toBe(0);
  });

  it('C57: a getter of then that throws is a rejection', async () => {
    const errors: unknown[] = [];
    const reactor = create({ onError: (error) => errors.push(error) });
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
      create().waitUntil(never as unknown as PromiseLike<unknown>);
    }).toThrow('waitUntil() needs a promise, got function: call the function, and pass what it returns');
  });

  it('C57: a function that is a thenable is work', async () => {
    const reactor = create();
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
    const reactor = create();
    for (let n = 0; n < 1_000; n++) reactor.waitUntil(Promise.resolve());
    expect(reactor.pending().length).toBe(1_000);
    await settled();
    expect(reactor.pending()).toEqual([]);
    expect((await stopping(reactor)).shutdown?.counts).toEqual({ before: 0, during: 0, after: 0 });
  });

  it('C57: work that failed under a stop which a crash cut is told by the next stop', async () => {
    const errors: unknown[] = [];
    const reactor = create({ onError: (error) => errors.push(error) });
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

describe('runs of every', () => {
  it('C68: a run that throws at once is reported once, under the name of the loop', async () => {
    const sources: string[] = [];
    const reactor = create({ onError: (_, { kind, name }) => sources.push(`${kind} ${name}`) });
    void reactor.run();
    every(
      reactor,
      10,
      () => {
        throw new Error('no');
      },
      { name: 'poll', now: true, onError: 'stop' },
    );
    reactor.pump();
    reactor.advance(0);
    await settled();
    reactor.advance(20);
    expect(sources).toEqual(['timed-call poll']);
  });

  it("C68: with { onError: 'stop' } and nobody to hear of it, a failed run fails the stop", async () => {
    const sources: string[] = [];
    const reactor = create({ onError: (_, { kind, name }) => sources.push(`${kind} ${name}`) });
    let reject = (_: Error): void => undefined;
    void reactor.run();
    every(reactor, 10, () => new Promise<void>((_, no) => (reject = no)), { name: 'poll', now: true, onError: 'stop' });
    reactor.pump();
    reactor.advance(0);
    const ended = reactor.stop();
    reactor.pump();
    reject(new Error('disk full'));
    await settled();
    reactor.pump();
    expect((await ended).errors.map(({ message }) => message)).toEqual([
      'Work "poll" (shutdown, before) failed: disk full',
    ]);
    expect(sources).toEqual(['work poll']);
  });

  it('C68: a loop that was stopped still holds the stop for its last run', async () => {
    const reactor = create();
    let finish = (): void => undefined;
    void reactor.run();
    const loop = every(reactor, 10, () => new Promise<void>((resolve) => (finish = resolve)), {
      name: 'poll',
      now: true,
    });
    reactor.pump();
    reactor.advance(0);
    loop.stop();
    const ended = reactor.stop();
    reactor.pump();
    expect(held(reactor)).toEqual(['work poll (before)']);
    finish();
    await settled();
    reactor.pump();
    expect((await ended).errors).toEqual([]);
  });
});

describe('what holds nothing by itself', () => {
  it('C57: the loop over ticks is held by the promise of its function, until its round is over', async () => {
    const reactor = create();
    const order: string[] = [];
    let finish = (): void => undefined;
    async function consume(): Promise<void> {
      for await (const _ of ticks(reactor, 10, { now: true })) {
        order.push('begin');
        await new Promise<void>((resolve) => (finish = resolve));
        order.push('end');
      }
      order.push('over');
    }
    reactor.on('shutdown', () => order.push('during'));
    const ended = reactor.run();
    reactor.waitUntil(consume());
    reactor.pump();
    reactor.advance(0);
    await settled();
    void reactor.stop();
    reactor.pump();
    await settled();
    expect(order).toEqual(['begin']);
    finish();
    await settled();
    reactor.pump();
    expect((await ended).errors).toEqual([]);
    expect(order).toEqual(['begin', 'end', 'over', 'during']);
  });

  it('C57: a task of cooperate is held by its end', async () => {
    const reactor = create();
    const order: string[] = [];
    function* steps(): Generator<void> {
      for (let step = 0; step < 3_000; step++) yield; // more than one turn takes
      order.push('finished');
    }
    reactor.on('shutdown', () => order.push('during'));
    const ended = reactor.run();
    reactor.waitUntil(cooperate(reactor, steps()).whenDone());
    void reactor.stop();
    while (order.length < 2) {
      reactor.pump();
      await settled();
    }
    expect((await ended).errors).toEqual([]);
    expect(order).toEqual(['finished', 'during']);
  });
});
