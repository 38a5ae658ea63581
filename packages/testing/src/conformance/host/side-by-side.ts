import { deferred } from '../deferred.ts';
import type { Kit } from '../kit.ts';
import { nextTurn, runThrough, start } from '../running.ts';
import { codeThrownBy } from '../thrown.ts';
import { delay } from '../time.ts';

/** Several reactors on one host: C5. */
export function sideBySide(kit: Kit): void {
  const { expect } = kit;

  kit.it('C5', 'two reactors run side by side, each with its own events, calls and state', async () => {
    const [one, other] = [kit.create(), kit.create()];
    const heard: string[] = [];
    one.on('job', () => heard.push('one'));
    other.on('job', () => heard.push('other'));
    await Promise.all([start(one), start(other)]);
    await one.fire('job');
    await Promise.all([delay(one, 2), delay(other, 1)]);
    await one.stop();
    expect(one.state).toBe('stopped');
    expect(other.state).toBe('running');
    await other.fire('job');
    await delay(other, 1);
    expect(heard).toEqual(['one', 'other']);
    await other.stop();
  });

  kit.it('C5', 'the turns of one reactor run no call of another one that is not started', async () => {
    const [idle, other] = [kit.create(), kit.create()];
    const ran: string[] = [];
    idle.callSoon(() => ran.push('queued'));
    idle.callLater(0, () => ran.push('timed'));
    await runThrough(other, async () => {
      await nextTurn(other);
      await delay(other, 2);
    });
    expect(ran).toEqual([]);
    expect([idle.stats().turns, idle.getDelayedCalls().length]).toEqual([0, 1]);
    idle.iterate();
    expect(ran).toEqual(['queued', 'timed']);
  });

  kit.it('C5', 'a call of one reactor may run and stop another reactor', async () => {
    const [outer, inner] = [kit.create(), kit.create()];
    await runThrough(outer, async () => {
      const over = deferred();
      outer.callSoon(() => {
        void inner.run().then(() => {
          over.resolve();
        });
        inner.callSoon(() => {
          outer.callSoon(() => void inner.stop());
        });
      });
      await over.promise;
    });
    expect(inner.state).toBe('stopped');
  });

  kit.it('C5', 'a call of one reactor may queue a call on another reactor, which runs it in its own turn', async () => {
    const [one, other] = [kit.create(), kit.create()];
    await Promise.all([start(one), start(other)]);
    const order: string[] = [];
    const over = deferred();
    one.callSoon(() => {
      other.callSoon(() => {
        order.push('in the other');
        over.resolve();
      });
      order.push('in the one');
    });
    await over.promise;
    expect(order).toEqual(['in the one', 'in the other']);
    await Promise.all([one.stop(), other.stop()]);
  });

  kit.it('C5', 'removing a trigger with a handle of another reactor throws UnknownTriggerError', () => {
    const [one, other] = [kit.create(), kit.create()];
    const ran: string[] = [];
    const handle = one.on('job', () => ran.push('job'));
    other.on('job', () => undefined);
    const code = codeThrownBy(() => {
      other.removeSystemEventTrigger(handle);
    });
    expect(code).toBe('ERR_TRIPHASE_UNKNOWN_TRIGGER');
    void one.fire('job');
    expect(ran).toEqual(['job']);
  });

  kit.it('C5', 'a call of one reactor may call iterate() of another reactor', () => {
    const [one, other] = [kit.create(), kit.create()];
    const ran: string[] = [];
    other.callSoon(() => ran.push('inner'));
    one.callSoon(() => {
      other.iterate();
      ran.push('outer');
    });
    one.iterate();
    expect(ran).toEqual(['inner', 'outer']);
  });
}
