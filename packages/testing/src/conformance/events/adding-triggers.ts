import type { Phase, Trigger } from '@triphase/core';
import { CountingSignal } from '../counting-signal.ts';
import { mustNotRun } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { NOTHING_CALLED } from '../phases.ts';
import { codeThrownBy } from '../thrown.ts';

/** What a trigger may be, and its signal: C6. */
export function addingTriggers(kit: Kit): void {
  const { expect } = kit;

  kit.it('C6', 'a phase other than before, during and after throws, and nothing is registered', async () => {
    const reactor = kit.create();
    for (const phase of ['befor', 'Before', '', 'constructor', '__proto__', 0, NaN, null, undefined, {}, ['before']]) {
      const add = (): unknown => reactor.addSystemEventTrigger(phase as Phase, 'event', () => 1);
      expect(codeThrownBy(add)).toBe('ERR_TRIPHASE_INVALID_PHASE');
    }
    expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C6', 'a trigger that is not a function throws a TypeError, and nothing is registered', async () => {
    const reactor = kit.create();
    for (const trigger of [undefined, null, 7, NaN, 'trigger', {}, [], Symbol('trigger'), Promise.resolve()]) {
      const add = (): unknown => reactor.addSystemEventTrigger('during', 'event', trigger as Trigger);
      expect(add).toThrow(TypeError);
    }
    expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C6', 'aborting its signal removes a trigger, with and without every: true', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    reactor.addSystemEventTrigger('during', 'event', mustNotRun, { signal });
    reactor.addSystemEventTrigger('after', 'event', () => 1, { signal, every: true });
    signal.abort();
    expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C6', 'a trigger whose signal is already aborted never runs', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    signal.abort();
    const handle = reactor.addSystemEventTrigger('during', 'event', mustNotRun, { signal });
    expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
    expect(handle.remove()).toBe(false);
    expect(signal.listeners).toBe(0);
  });

  kit.it('C6', 'a trigger that has run or was removed leaves no listener on its signal', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    reactor.addSystemEventTrigger('before', 'event', () => 1, { signal });
    const every = reactor.addSystemEventTrigger('during', 'event', () => 1, { signal, every: true });
    const unused = reactor.addSystemEventTrigger('during', 'other', () => 1, { signal });
    expect(signal.listeners).toBe(3);
    await reactor.fire('event');
    expect(signal.listeners).toBe(2);
    every.remove();
    reactor.removeSystemEventTrigger(unused);
    expect(signal.listeners).toBe(0);
  });
}
