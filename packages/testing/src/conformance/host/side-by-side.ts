import { deferred } from '../deferred.ts';
import type { Kit } from '../kit.ts';
import { nextTurn, runThrough, start } from '../running.ts';
import { codeThrownBy } from '../thrown.ts';
import { passed } from '../time.ts';

/** Several reactors on one host: C5. */
export function sideBySide(kit: Kit): void {
  const { expect } = kit;

  kit.it('C5', 'reactors run side by side, each with its own events, calls and life', async () => {
    const [one, other] = [kit.create(), kit.create()];
    const heard: string[] = [];
    one.on('job', () => heard.push('one'));
    other.on('job', () => heard.push('other'));
    await Promise.all([start(one), start(other)]);
    await one.fire('job');
    await Promise.all([passed(one, 2), passed(other, 1)]);
    await one.stop();
    expect(one.state).toBe('stopped');
    expect(other.state).toBe('running');
    await other.fire('job');
    await passed(other, 1);
    expect(heard).toEqual(['one', 'other']);
    await other.stop();
  });

  kit.it('C5', 'what is asked of a reactor that was not started is not done by the turns of another', async () => {
    const [idle, other] = [kit.create(), kit.create()];
    const ran: string[] = [];
    idle.callSoon(() => ran.push('queued'));
    idle.callLater(0, () => ran.push('timed'));
    await runThrough(other, async () => {
      await nextTurn(other);
      await passed(other, 2);
    });
    expect(ran).toEqual([]);
    expect([idle.stats().turns, idle.getDelayedCalls().length]).toEqual([0, 1]);
    idle.iterate();
    expect(ran).toEqual(['queued', 'timed']);
  });

  kit.it('C5', 'a reactor can be run and stopped from a call of another', async () => {
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

  kit.it('C5', 'a call may be queued on another reactor, and runs in its turn', async () => {
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

  kit.it('C5', 'the handle of one reactor is unknown to another', () => {
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

  kit.it('C5', 'a turn of one reactor may make a turn of another by hand', () => {
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
