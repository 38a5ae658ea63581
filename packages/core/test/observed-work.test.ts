import { describe, expect, it } from '@jest/globals';
import { type Observer, type Phase } from '@triphase/core';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';
import { stopping, held } from './stopping-reactor.ts';
import { never } from './never.ts';
import { strictReactor } from './strict-reactor.ts';

describe('work that an observer gives to waitUntil()', () => {
  /** A reactor whose observer gives work once, at this step of this phase of shutdown. */
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
    const reactor = strictReactor({ observer });
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
    const reactor = strictReactor({ observer, onError: (error) => errors.push(error) });
    reactor.addSystemEventTrigger('after', 'shutdown', () => Promise.resolve());
    const ended = stopping(reactor);
    await settled();
    reactor.pump();
    await ended;
    expect(errors.map((error) => (error as { code: string }).code)).toEqual(['ERR_TRIPHASE_NOT_RUNNING']);
  });
});
