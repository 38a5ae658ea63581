import type { ReactorBase } from '@triphase/core';
import { countingHost } from '../counting-host.ts';
import { hostFunctions, otherFunctions, trapGlobals } from '../global-traps.ts';
import type { Kit } from '../kit.ts';
import { nextTurn, runThrough } from '../running.ts';
import { HOUR, delay, realPause } from '../time.ts';

/** Which functions of the host a reactor takes, and when: C3, C4. */
export function constructing(kit: Kit): void {
  const { expect } = kit;

  kit.it('C3', 'constructing a reactor touches no timer, listener, clock or random source', () => {
    const traps = trapGlobals([...hostFunctions, ...otherFunctions], { forward: true });
    try {
      kit.create();
    } finally {
      traps.restore();
    }
    expect(traps.calls).toEqual([]);
  });

  kit.it('C3', 'constructing a reactor calls no function of its host record', () => {
    const host = countingHost();
    kit.create({ host: host.record });
    expect(host.calls).toBe(0);
  });

  kit.it('C4', 'a reactor made before the global host functions are replaced uses the real ones', async () => {
    const reactor = kit.create();
    const traps = trapGlobals(hostFunctions, { forward: true });
    try {
      await runThrough(reactor, async () => {
        await nextTurn(reactor);
        // Asks for a wakeup. The delay below may not: on a slow machine it may be over at once, and then needs no wakeup.
        reactor.callLater(HOUR, () => undefined).cancel();
        await delay(reactor, 2);
      });
    } finally {
      traps.restore();
    }
    expect(traps.calls).toEqual([]);
  });

  kit.it('C4', 'a reactor made while the global host functions are replaced never calls the real ones', async () => {
    const fakes = trapGlobals(hostFunctions, { forward: false });
    let reactor: ReactorBase;
    try {
      reactor = kit.create();
    } finally {
      fakes.restore();
    }
    const traps = trapGlobals(hostFunctions, { forward: true });
    try {
      void reactor.run();
      reactor.callLater(2, () => undefined); // before callSoon(): a reactor that waits for a turn asks for no wakeup
      reactor.callSoon(() => undefined);
      await realPause(10);
      if (reactor.state !== 'idle') reactor.crash();
    } finally {
      traps.restore();
    }
    expect(traps.calls).toEqual([]);
  });

  kit.it('C4', 'the constructor reads the host record; changing the record later has no effect', async () => {
    const host = countingHost();
    const record: Record<string, unknown> = { ...host.record };
    const reactor = kit.create({ host: record });
    for (const name of Object.keys(record)) {
      record[name] = () => {
        throw new Error(`${name} was taken too late`);
      };
    }
    await runThrough(reactor, async () => {
      await nextTurn(reactor);
      await delay(reactor, 2);
    });
  });
}
