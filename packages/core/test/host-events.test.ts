import { describe, expect, it } from '@jest/globals';
import type { FiringReport } from '@triphase/core';
import { settled } from './hand-turned-reactor.ts';
import { startedReactor, hops } from './page-events.ts';
import { never } from './never.ts';

describe('events that the host fires', () => {
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

  it.each([false, true])(
    'C32: an event that the host fires inside a trigger of another one comes after that (terminal: %s)',
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

  it('B8: an event that undoes the last waiting one drops it, and is not fired itself', async () => {
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

  it('C32: a terminal event that undoes the waiting one still escalates the firing under way', async () => {
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

  it('C20: a firing that waits with whenFiring: again comes after a terminal event that is fired meanwhile: no type is fired twice at once', async () => {
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
    // The terminal event abandons `first`, whose trigger goes on: its lines are left out.
    expect(calls.filter((call) => !call.startsWith('first'))).toEqual([
      'terminal starts',
      'terminal ends',
      'again starts',
      'again ends',
    ]);
    expect(reactor.isFiring('hidden')).toBe(false);
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
