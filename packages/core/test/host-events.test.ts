import { describe, expect, it } from '@jest/globals';

import type { CoreEvents, FiringReport, Phase, TriggerContext } from '@triphase/core';

import { settled } from './hand-turned-reactor.ts';
import { HostedReactor } from './hosted-reactor.ts';

interface PageEvents extends CoreEvents {
  hidden: string;
  suspend: string;
}

const PHASES: readonly Phase[] = ['before', 'during', 'after'];

function startedReactor(onError: (error: unknown) => void = () => undefined): HostedReactor<PageEvents> {
  const reactor: HostedReactor<PageEvents> = new HostedReactor({}, { onError });
  void reactor.run().catch(() => undefined);
  return reactor;
}

/** An async function of so many awaits, each of which takes one microtask hop. */
async function hops(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

const never = (): Promise<never> => new Promise(() => undefined);

describe('events that the host fires', () => {
  it('C32: a terminal event in which nothing pends runs all three phases inside the call', () => {
    const reactor = startedReactor();
    const seen: unknown[] = [];
    const look = ({ phase, detail, terminal, signal }: TriggerContext): void => {
      seen.push([phase, detail, terminal, signal.aborted]);
    };
    reactor.on('hidden', { before: look, during: look, after: look });
    reactor.control.fire('hidden', 'now', { terminal: true });
    expect(seen).toEqual(PHASES.map((phase) => [phase, 'now', true, false]));
  });

  it('C32: the before triggers of a terminal event all start synchronously, its phases keep their order while promises settle in time', async () => {
    const reactor = startedReactor();
    const calls: string[] = [];
    const slow = (name: string) => async (): Promise<void> => {
      calls.push(`${name} starts`);
      await hops(20);
      calls.push(`${name} ends`);
    };
    reactor.on('suspend', { before: slow('before'), during: slow('during'), after: slow('after') });
    reactor.on('suspend', { before: slow('sibling') });
    reactor.control.fire('suspend', 'frozen', { terminal: true });
    expect(calls).toEqual(['before starts', 'sibling starts']);
    await settled();
    expect(calls.slice(2)).toEqual([
      'before ends',
      'sibling ends',
      'during starts',
      'during ends',
      'after starts',
      'after ends',
    ]);
  });

  it('C32: a promise that does not settle in its grace is left behind, its signal aborted, and the next phase runs regardless', async () => {
    const errors: unknown[] = [];
    const reactor = startedReactor((error) => errors.push(error));
    const calls: Phase[] = [];
    const contexts: TriggerContext[] = [];
    const trigger = (context: TriggerContext): Promise<never> => {
      calls.push(context.phase);
      contexts.push(context);
      return never();
    };
    reactor.on('suspend', { before: trigger, during: trigger, after: trigger });
    reactor.control.fire('suspend', 'frozen', { terminal: true });
    expect(contexts[0]!.signal.aborted).toBe(false);
    await settled();
    expect(calls).toEqual(PHASES);
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
    expect([reactor.isFiring('suspend'), errors]).toEqual([false, []]);
  });

  it('C32: the grace is 64 microtask hops: an async function of 60 awaits settles in it, one of 70 does not', async () => {
    const outcomes: Record<number, readonly string[]> = {};
    for (const count of [60, 70]) {
      const reactor = startedReactor();
      const calls: string[] = [];
      reactor.on('suspend', {
        before: async () => {
          await hops(count);
          calls.push('before ends');
        },
        during: () => calls.push('during'),
      });
      reactor.control.fire('suspend', 'frozen', { terminal: true });
      await settled();
      outcomes[count] = calls;
    }
    expect(outcomes).toEqual({ 60: ['before ends', 'during'], 70: ['during', 'before ends'] });
  });

  it('C32: a grace does not get shorter when some of its promises settle', async () => {
    const reactor = startedReactor();
    const calls: string[] = [];
    for (const count of [5, 10, 15, 20, 50]) {
      reactor.addSystemEventTrigger('before', 'suspend', async () => {
        await hops(count);
        calls.push(`${count} hops`);
      });
    }
    reactor.on('suspend', () => calls.push('during'));
    reactor.control.fire('suspend', 'frozen', { terminal: true });
    await settled();
    expect(calls).toEqual(['5 hops', '10 hops', '15 hops', '20 hops', '50 hops', 'during']);
  });

  it('C32: a terminal event escalates the one of its host that is under way: what pends is left behind, inside the call', async () => {
    const reactor = startedReactor();
    const calls: string[] = [];
    reactor.on('hidden', { before: never, after: () => calls.push('after hidden') });
    reactor.on('suspend', ({ terminal }) => calls.push(`suspend, terminal ${String(terminal)}`));
    reactor.control.fire('hidden', 'first', { terminal: false });
    await settled();
    expect([calls, reactor.isFiring('hidden')]).toEqual([[], true]);
    reactor.control.fire('suspend', 'frozen', { terminal: true });
    expect(calls).toEqual(['after hidden', 'suspend, terminal true']);
    expect(reactor.isFiring('hidden')).toBe(false);
  });

  it('C32: an event of the host that is not terminal waits for the one under way, and they come in order', async () => {
    const reactor = startedReactor();
    const calls: string[] = [];
    const releases: (() => void)[] = [];
    for (const event of ['hidden', 'suspend'] as const) {
      reactor.on(event, ({ detail }) => {
        calls.push(`${event} ${detail}`);
        return new Promise<void>((resolve) => releases.push(resolve));
      });
    }
    reactor.control.fire('hidden', '1', { terminal: false });
    reactor.control.fire('suspend', '2', { terminal: false });
    reactor.control.fire('hidden', '3', { terminal: false });
    const seen: string[][] = [];
    for (let i = 0; i < 3; i++) {
      await settled();
      seen.push([...calls]);
      releases.shift()?.();
    }
    expect(seen).toEqual([['hidden 1'], ['hidden 1', 'suspend 2'], ['hidden 1', 'suspend 2', 'hidden 3']]);
  });

  it('C32: a terminal event does not lose those that wait: they are fired before it, as terminal as it is', async () => {
    const reactor = startedReactor();
    const calls: string[] = [];
    reactor.on('hidden', ({ detail, terminal }) => {
      calls.push(`hidden ${detail}, terminal ${String(terminal)}`);
      return never();
    });
    reactor.on('suspend', ({ terminal }) => calls.push(`suspend, terminal ${String(terminal)}`));
    reactor.control.fire('hidden', '1', { terminal: false });
    reactor.control.fire('hidden', '2', { terminal: false });
    reactor.control.fire('suspend', 'frozen', { terminal: true });
    expect(calls).toEqual(['hidden 1, terminal false', 'hidden 2, terminal true']);
    await settled();
    expect(calls.slice(2)).toEqual(['suspend, terminal true']);
  });

  it('C32: a terminal event waits for the grace of a terminal one before it, and for nothing but promise jobs', async () => {
    const reactor = startedReactor();
    const calls: string[] = [];
    for (const event of ['hidden', 'suspend'] as const) {
      reactor.on(event, async () => {
        calls.push(`${event} starts`);
        await hops(10);
        calls.push(`${event} ends`);
      });
    }
    reactor.control.fire('hidden', '1', { terminal: true });
    reactor.control.fire('suspend', '2', { terminal: true });
    expect(calls).toEqual(['hidden starts']);
    await hops(100);
    expect(calls).toEqual(['hidden starts', 'hidden ends', 'suspend starts', 'suspend ends']);
  });

  it.each([
    { pend: () => hops(10), ends: ['hidden ends', 'shutdown'] },
    { pend: never, ends: ['shutdown'] },
  ] as const)(
    'C32: so does a terminal shutdown, which waits no longer than that grace ($pend)',
    async ({ pend, ends }) => {
      const reactor: HostedReactor<PageEvents> = new HostedReactor();
      const calls: string[] = [];
      reactor.on('hidden', async () => {
        await pend();
        calls.push('hidden ends');
      });
      reactor.on('shutdown', () => calls.push('shutdown'));
      const ended = reactor.run();
      reactor.control.fire('hidden', '1', { terminal: true });
      reactor.control.fire('shutdown', { kind: 'pagehide' }, { terminal: true });
      expect(calls).toEqual([]);
      await hops(200);
      expect([calls, reactor.state]).toEqual([ends, 'stopped']);
      expect((await ended).reason.kind).toBe('pagehide');
    },
  );

  it('C32: a terminal event keeps its grace, also when the event that it escalates makes the host fire another one', async () => {
    const reactor = startedReactor();
    const calls: string[] = [];
    reactor.on('hidden', {
      before: ({ detail }) => {
        calls.push(`before ${detail}`);
        return never();
      },
      after: ({ detail }) => {
        calls.push(`after ${detail}`);
        if (detail === 'first') reactor.control.fire('hidden', 'nested', { terminal: true });
      },
    });
    reactor.control.fire('hidden', 'first', { terminal: false });
    await settled();
    reactor.control.fire('hidden', 'last', { terminal: true });
    expect(calls).toEqual(['before first', 'after first', 'before last']);
    await settled();
    await settled();
    expect(calls.slice(3)).toEqual(['after last', 'before nested', 'after nested']);
  });

  it.each([false, true])(
    'C32: an event that is fired from inside a trigger of one of its host comes after that, terminal or not (terminal: %s)',
    async (terminal) => {
      const reactor = startedReactor();
      const calls: string[] = [];
      reactor.on('hidden', {
        before: () => {
          calls.push('before hidden');
          reactor.control.fire('suspend', 'nested', { terminal });
        },
        after: () => calls.push('after hidden'),
      });
      reactor.on('suspend', () => calls.push('suspend'));
      reactor.control.fire('hidden', '1', { terminal: false });
      expect(calls).toEqual(['before hidden', 'after hidden', 'suspend']);
      await settled();
    },
  );

  it('B8: an event that undoes the last one that waits drops it, and is not fired itself', async () => {
    const reactor = startedReactor();
    const calls: string[] = [];
    let release: () => void = () => undefined;
    reactor.on('suspend', () => new Promise<void>((resolve) => (release = resolve)));
    for (const event of ['hidden', 'suspend'] as const) {
      reactor.on(event, ({ detail }) => calls.push(`${event} ${detail}`));
    }
    const { control } = reactor;
    control.fire('suspend', 'under way', { terminal: false, undoes: 'hidden' });
    control.fire('hidden', 'dropped', { terminal: false, undoes: 'suspend' }); // what is under way is not undone
    control.fire('suspend', 'dropped', { terminal: false, undoes: 'hidden' });
    expect(reactor.pending().filter(({ kind }) => kind === 'firing')).toEqual([]);
    control.fire('hidden', 'waits', { terminal: false, undoes: 'suspend' });
    control.fire('hidden', 'last', { terminal: false, undoes: 'suspend' }); // not of the type that it undoes
    release();
    await settled();
    expect(calls).toEqual(['suspend under way', 'hidden waits', 'hidden last']);
  });

  it('C32: a terminal one that undoes what waits escalates what is under way all the same', async () => {
    const reactor = startedReactor();
    const calls: string[] = [];
    reactor.on('hidden', { before: never, after: () => calls.push('after hidden') });
    reactor.on('suspend', () => calls.push('suspend'));
    reactor.control.fire('hidden', '1', { terminal: false });
    reactor.control.fire('suspend', '2', { terminal: false });
    reactor.control.fire('hidden', '3', { terminal: true, undoes: 'suspend' });
    expect([calls, reactor.isFiring('hidden')]).toEqual([['after hidden'], false]);
    await settled();
    expect(calls).toEqual(['after hidden']);
  });

  it('C1: an event of the host waits for a firing of the program, and a terminal one escalates it', async () => {
    const reactor = startedReactor();
    const calls: string[] = [];
    let release: () => void = () => undefined;
    reactor.on('hidden', ({ detail }) => {
      calls.push(detail);
      return new Promise<void>((resolve) => (release = resolve));
    });
    const first = reactor.fire('hidden', 'by the program');
    reactor.control.fire('hidden', 'by the host', { terminal: false });
    await settled();
    expect(calls).toEqual(['by the program']);
    release();
    await first;
    await settled();
    expect(calls).toEqual(['by the program', 'by the host']);
    release();
    await settled();
    const second = reactor.fire('hidden', 'again');
    reactor.control.fire('hidden', 'the end', { terminal: true });
    expect(calls.slice(2)).toEqual(['again', 'the end']);
    const { escalated, abandoned }: FiringReport = await second;
    expect([escalated, abandoned.length]).toEqual([true, 1]);
  });

  it('C20: one more firing that was asked for comes after a terminal one that came between: no type is fired twice at once', async () => {
    const reactor = startedReactor();
    const calls: string[] = [];
    reactor.on('hidden', async ({ detail }) => {
      calls.push(`${detail} starts`);
      await hops(10);
      calls.push(`${detail} ends`);
    });
    void reactor.fire('hidden', 'first');
    const again = reactor.fire('hidden', 'again', { whenFiring: 'again' });
    reactor.control.fire('hidden', 'terminal', { terminal: true });
    await again;
    // What the terminal event left behind ends when it ends.
    expect(calls.filter((call) => !call.startsWith('first'))).toEqual([
      'terminal starts',
      'terminal ends',
      'again starts',
      'again ends',
    ]);
    expect(reactor.isFiring('hidden')).toBe(false);
  });

  it('C32: a terminal shutdown fires now, without a turn, and gives each phase its grace', async () => {
    const reactor: HostedReactor<PageEvents> = new HostedReactor();
    const calls: string[] = [];
    reactor.on('shutdown', {
      before: async ({ terminal }) => {
        calls.push(`before, terminal ${String(terminal)}`);
        await hops(10);
        calls.push('before ends');
      },
      during: never,
      after: () => calls.push('after'),
    });
    const ended = reactor.run();
    reactor.callSoon(() => calls.push('never called'));
    reactor.control.fire('shutdown', { kind: 'pagehide' }, { terminal: true });
    expect(calls).toEqual(['before, terminal true']);
    const { reason, shutdown, left } = await ended;
    expect(calls).toEqual(['before, terminal true', 'before ends', 'after']);
    expect([reason, left.queued]).toEqual([{ kind: 'pagehide' }, 1]);
    expect([shutdown?.escalated, shutdown?.abandoned.map(({ phase }) => phase)]).toEqual([true, ['during']]);
  });

  it('C32: a terminal shutdown while startup pends leaves that behind, and fires inside the call', async () => {
    const reactor: HostedReactor<PageEvents> = new HostedReactor();
    const calls: string[] = [];
    reactor.on('startup', { before: never, during: () => calls.push('during startup') });
    reactor.on('shutdown', () => calls.push('shutdown'));
    const ended = reactor.run();
    reactor.control.fire('shutdown', { kind: 'pagehide' }, { terminal: true });
    expect(calls).toEqual(['shutdown']);
    const { startup, reason } = await ended;
    expect([startup.escalated, startup.abandoned.length, reason.kind]).toEqual([true, 1, 'pagehide']);
  });

  it('C32: a terminal shutdown escalates one that is under way, which keeps its reason', async () => {
    const reactor: HostedReactor<PageEvents> = new HostedReactor();
    const calls: string[] = [];
    reactor.on('shutdown', { before: never, after: () => calls.push('after') });
    const ended = reactor.run();
    void reactor.stop({ kind: 'signal' });
    reactor.pump();
    reactor.control.fire('shutdown', { kind: 'pagehide' }, { terminal: true });
    expect(calls).toEqual(['after']);
    expect((await ended).reason.kind).toBe('signal');
  });

  it('C47: events of the host that wait are listed in pending', () => {
    const reactor = startedReactor();
    reactor.on('hidden', never);
    reactor.control.fire('hidden', '1', { terminal: false });
    reactor.control.fire('suspend', '2', { terminal: false });
    expect(reactor.pending().map(({ kind, name, event }) => [kind, name, event])).toEqual([
      ['trigger', 'never', 'hidden'],
      ['firing', 'suspend', 'suspend'],
    ]);
  });
});
