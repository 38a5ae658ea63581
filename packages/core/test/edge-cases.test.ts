import { describe, expect, it } from '@jest/globals';
import { cooperate, every, formatReport, sleep, ThreePhaseEvent, type HostControl, type Phase } from '@triphase/core';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';
import { never } from './never.ts';

/** Keeps the argument of `attachHost`. */
class ControlledReactor extends HandTurnedReactor {
  control: HostControl | undefined;
  /** Called while the host is being attached. */
  onAttach: (control: HostControl) => void = () => undefined;

  protected override attachHost(control: HostControl): undefined {
    this.control = control;
    this.onAttach(control);
  }
}

describe('a deadline', () => {
  it('C22, C66: only the service that pends counts as failed, not those that waited for it', async () => {
    const told: string[] = [];
    const reactor: HandTurnedReactor = new HandTurnedReactor({
      limits: { shutdown: { deadline: 100 } },
      onError: (_error, { name }) => told.push(name),
    });
    const aborted: boolean[] = [];
    const closes = { during: ({ signal }: { signal: AbortSignal }) => (aborted.push(signal.aborted), never()) };
    const db = reactor.use({ name: 'db', shutdown: closes });
    const pool = reactor.use({ name: 'pool', needs: [db], shutdown: closes });
    reactor.use({ name: 'web', needs: [pool], shutdown: { during: never } });
    const ended = reactor.run();
    void reactor.stop();
    reactor.pump();
    reactor.advance(100);
    const { shutdown } = await ended;
    expect([told, aborted]).toEqual([['web'], [true, true]]);
    expect(shutdown?.errors.length).toBe(1);
    expect(shutdown?.abandoned.map(({ name }) => name)).toEqual(['web', 'pool', 'db']);
  });
});

describe('a host', () => {
  it('B8, N7: a start that is held twice begins when both holds are released', () => {
    const reactor: ControlledReactor = new ControlledReactor();
    const releases: (() => void)[] = [];
    reactor.onAttach = (control) => releases.push(control.holdStart(), control.holdStart({ stopWaits: true }));
    void reactor.run();
    releases[0]?.();
    expect(reactor.state).toBe('starting');
    releases[1]?.();
    expect(reactor.state).toBe('running');
  });

  it('C31, C32: after a crash and a new run in the same task, its events wait for the new firing, not for the old one', async () => {
    const reactor: ControlledReactor = new ControlledReactor();
    const called: string[] = [];
    reactor.on('hide', () => (called.push('hide'), never()));
    reactor.on('show', () => called.push('show'));
    void reactor.run();
    reactor.control?.fire('hide', undefined, { terminal: false });
    reactor.crash();
    void reactor.run();
    reactor.control?.fire('hide', undefined, { terminal: false });
    await settled();
    reactor.control?.fire('show', undefined, { terminal: false });
    expect(called).toEqual(['hide', 'hide']);
  });

  it('C1: a host that gives no more turns can still stop the reactor, and the fault is reported', async () => {
    const told: string[] = [];
    const reactor: ControlledReactor = new ControlledReactor({ onError: (_error, { kind }) => told.push(kind) });
    const ended = reactor.run();
    const broken = { requestTurn: () => undefined, setWakeup: () => undefined };
    Object.assign(reactor, broken);
    reactor.control?.stop({ kind: 'signal' });
    expect((await ended).reason.kind).toBe('signal');
    expect(told).toContain('host');
  });

  it('N24: endSleeps() ends sleeps, and no timed call or task', async () => {
    const reactor: ControlledReactor = new ControlledReactor();
    void reactor.run();
    const dropped: string[] = [];
    reactor.callLater(5, () => undefined, { onDrop: () => dropped.push('call') });
    const task = cooperate(reactor, [1, 2, 3][Symbol.iterator]());
    const slept = sleep(reactor, 5).catch(() => 'ended');
    reactor.control?.endSleeps();
    expect(await slept).toBe('ended');
    reactor.pump();
    expect([dropped, await task.whenDone()]).toEqual([[], 'finished']);
  });
});

describe('errors after the end of the run', () => {
  it('C44, C48: the error of a run of every() that nobody waits for is reported', async () => {
    const told: string[] = [];
    const reactor: HandTurnedReactor = new HandTurnedReactor({ onError: (_error, { name }) => told.push(name) });
    let fail: (error: Error) => void = () => undefined;
    every(reactor, 1, () => new Promise((_, reject) => (fail = reject)), { hold: false, name: 'poll' });
    const ended = reactor.run();
    reactor.advance(1);
    void reactor.stop();
    reactor.pump();
    await ended;
    fail(new Error('too late'));
    await settled();
    expect(told).toEqual(['poll']);
  });

  it('C45, C48: the error of an iterator whose return() rejects is reported once', async () => {
    const told: string[] = [];
    const reactor: HandTurnedReactor = new HandTurnedReactor({ onError: (_error, { name }) => told.push(name) });
    void reactor.run();
    const iterator = {
      next: () => ({ done: false as const, value: undefined }),
      return: () => Promise.reject(new Error('cannot close')) as never, // as: types allow no promise
    };
    cooperate(reactor, iterator).stop();
    await settled();
    expect(told).toEqual(['cooperate']);
  });
});

describe('an observer that crashes the reactor just before a trigger is called', () => {
  it('C31, C46: the trigger is not called, not counted, and stays registered', async () => {
    let crashes = 0;
    const called: Phase[] = [];
    const reactor: HandTurnedReactor = new HandTurnedReactor({
      observer: {
        trigger: (step) => {
          if (step === 'start' && crashes++ === 0) reactor.crash();
        },
      },
    });
    reactor.once('startup', ({ phase }) => called.push(phase));
    const { startup } = await reactor.run();
    expect([called, startup.counts.during]).toEqual([[], 0]);
    void reactor.run();
    expect(called).toEqual(['during']);
  });
});

describe('an event without a reactor', () => {
  it('C20: an event that fires itself again and again goes on after its clock has stopped', async () => {
    const clock: HandTurnedReactor = new HandTurnedReactor();
    void clock.run();
    void clock.stop();
    clock.pump();
    await settled();
    const event = new ThreePhaseEvent('tick', { clock });
    let fired = 0;
    // In real time: after many firings the event waits for a timer of the host.
    await new Promise<void>((resolve) => {
      event.addTrigger(
        'during',
        () => {
          if (++fired === 1_500) resolve();
          else void event.fire(undefined, { whenFiring: 'again' });
        },
        { every: true },
      );
      void event.fire();
    });
    expect(fired).toBe(1_500);
  });

  it('C53: an event whose clock returns no Disposable ends its firing', async () => {
    const clock = {
      now: () => 0,
      callSoon: () => undefined,
      callLater: () => 7,
      signal: new AbortController().signal,
    };
    const event = new ThreePhaseEvent('job', {
      clock: clock as never, // as: what callers without types pass
      limits: { deadline: 5 },
      onError: () => undefined,
    });
    event.addTrigger('during', () => settled());
    await event.fire();
    expect(event.isFiring).toBe(false);
  });
});

describe('events whose type is an object', () => {
  it('C7: are collected with their type', async () => {
    const reactor: HandTurnedReactor = new HandTurnedReactor();
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void; // as: the flag gives it
    const use = async (): Promise<WeakRef<object>> => {
      const type = {};
      reactor.once(type, () => undefined).remove();
      await reactor.fire(type);
      return new WeakRef(type);
    };
    const key = await use();
    for (let round = 0; round < 5 && key.deref() !== undefined; round++) {
      await settled();
      gc();
    }
    expect([key.deref(), reactor.pending()]).toEqual([undefined, []]);
  });

  it('C30: are abandoned if they are being fired when the run ends', async () => {
    const reactor: HandTurnedReactor = new HandTurnedReactor({ onError: () => undefined });
    const type = {};
    reactor.once(type, never, { name: 'hangs' });
    const ended = reactor.run();
    const fired = reactor.fire(type);
    expect(reactor.pending().map(({ name }) => name)).toEqual(['hangs']);
    void reactor.stop();
    reactor.pump();
    await ended;
    expect((await fired).abandoned.map(({ name }) => name)).toEqual(['hangs']);
  });
});

describe('limits of events and reports', () => {
  it('C26: shutdown cannot be vetoed', () => {
    const reactor = new HandTurnedReactor();
    expect(() => reactor.once('shutdown', { before: () => undefined }, { required: true })).toThrow(TypeError);
  });

  it.each([undefined, null, 'report'])('C15: formatReport(%p) is a TypeError', (value) => {
    expect(() => formatReport(value as never)).toThrow(TypeError); // as: what callers without types pass
  });

  it('C48: of a thrown object with a large buffer, only the type of the buffer is shown', async () => {
    const lines: string[] = [];
    const logger = { info: () => undefined, warn: () => undefined, error: (line: string) => lines.push(line) };
    const reactor = new HandTurnedReactor({ logger });
    reactor.once('job', () => {
      throw { status: 500, body: new Uint8Array(100_000_000) };
    });
    const { errors } = await reactor.fire('job');
    expect(errors[0]?.message).toContain('{"status":500,"body":"[object Uint8Array]"}');
    expect(lines.join('').length).toBeLessThan(1_000);
  });
});

describe('a service', () => {
  it('C52: a status() that rejects is shown as failed, and is no unhandled rejection', async () => {
    const reactor = new HandTurnedReactor();
    reactor.use({ name: 'db', status: () => Promise.reject(new Error('no status')) as never }); // as: types allow no promise
    expect(reactor.describe()).toContain('db: idle (status failed: it returned a promise)');
    await settled();
  });
});
