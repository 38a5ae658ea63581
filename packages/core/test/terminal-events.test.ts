import { describe, expect, it } from '@jest/globals';
import type { Phase, TriggerContext } from '@triphase/core';
import { settled } from './hand-turned-reactor.ts';
import { startedReactor, hops } from './page-events.ts';
import { never } from './never.ts';

const PHASES: readonly Phase[] = ['before', 'during', 'after'];

describe('terminal events of the host', () => {
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

  it('C32: a promise that does not settle in its grace is abandoned, its signal aborts, and the next phase runs', async () => {
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

  it.each([
    { awaits: 60, order: ['before ends', 'during'] },
    { awaits: 70, order: ['during', 'before ends'] },
  ])('C32: the grace is 64 microtask hops; an async function of $awaits awaits: $order', async ({ awaits, order }) => {
    const reactor = startedReactor();
    const calls: string[] = [];
    reactor.on('suspend', {
      before: async () => {
        await hops(awaits);
        calls.push('before ends');
      },
      during: () => calls.push('during'),
    });
    reactor.control.fire('suspend', 'frozen', { terminal: true });
    await settled();
    expect(calls).toEqual(order);
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

  it('C32: a terminal event escalates the event of its host that is under way: its pending triggers are abandoned inside the call', async () => {
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

  it('C32: events that wait are fired before a terminal event, as terminal ones', async () => {
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
});
