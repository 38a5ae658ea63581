import { CountingSignal } from '../counting-signal.ts';
import { recordErrors } from '../error-record.ts';
import { mustNotRun } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { nextTurn, runThrough, start } from '../running.ts';
import { codeOf, codeThrownBy } from '../thrown.ts';
import { HOUR, delay } from '../time.ts';

/** The options of `callLater`. C39. */
export function optionsOfCalls(kit: Kit): void {
  const { expect } = kit;

  kit.it('C39', 'callLater() with a signal that is already aborted returns a cancelled call', () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    signal.abort('enough');
    const call = reactor.callLater(0, mustNotRun, { signal });
    expect(call.active).toBe(false);
    expect(
      codeThrownBy(() => {
        call.cancel();
      }),
    ).toBe('ERR_TRIPHASE_ALREADY_CANCELLED');
    expect(reactor.getDelayedCalls().length).toBe(0);
    expect(signal.listeners).toBe(0);
    reactor.iterate();
  });

  kit.it('C39', 'aborting its signal cancels a timed call', () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    const call = reactor.callLater(0, mustNotRun, { signal });
    signal.abort();
    expect(call.active).toBe(false);
    reactor.iterate();
    expect(reactor.getDelayedCalls().length).toBe(0);
  });

  kit.it('C39', 'a timed call that ran or was cancelled leaves no listener on its signal', () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    reactor.callLater(0, () => undefined, { signal });
    reactor.callLater(0, mustNotRun, { signal }).cancel();
    reactor.iterate();
    expect(signal.listeners).toBe(0);
    signal.abort();
  });

  kit.it('C39', 'onDrop is called once, with ReactorStoppedError, when the run ends before the call', async () => {
    const reactor = kit.create();
    const dropped: string[] = [];
    const { ended } = await start(reactor);
    reactor.callLater(HOUR, mustNotRun, { onDrop: (error) => dropped.push(codeOf(error)) });
    reactor.callLater(HOUR, mustNotRun, { onDrop: mustNotRun }).cancel();
    reactor.callLater(0, () => undefined, { onDrop: mustNotRun });
    await nextTurn(reactor);
    void reactor.stop();
    await ended;
    expect(dropped).toEqual(['ERR_TRIPHASE_STOPPED']);
    expect(reactor.getDelayedCalls().length).toBe(0);
  });

  kit.it('C39', 'an onDrop that throws is reported, and the other onDrop functions are called', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const told: string[] = [];
    await runThrough(reactor, () => {
      for (const name of ['first', 'second']) {
        const onDrop = (): never => {
          told.push(name);
          return mustNotRun();
        };
        reactor.callLater(HOUR, mustNotRun, { name, onDrop });
      }
    });
    expect(told).toEqual(['first', 'second']);
    expect(record.sources.map(({ kind }) => kind)).toEqual(['timed-call', 'timed-call']);
  });

  kit.it('C39', 'a timed call may still be made in shutdown: it is dropped only when the run is over', async () => {
    const reactor = kit.create();
    const order: string[] = [];
    reactor.on('shutdown', {
      before: () => delay(reactor, 2),
      after: () => order.push('after shutdown'),
    });
    await start(reactor);
    reactor.callLater(1, () => order.push('due in before shutdown'));
    reactor.callLater(HOUR, mustNotRun, { onDrop: () => order.push('dropped') });
    await reactor.stop();
    expect(order).toEqual(['due in before shutdown', 'after shutdown', 'dropped']);
  });
}
