import type { TriggerContext } from '@triphase/core';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';

/** The argument of a trigger: C21. */
export function triggerContexts(kit: Kit): void {
  const { expect } = kit;

  kit.it('C21', 'a trigger gets one argument with event, phase, name, detail, signal and terminal', async () => {
    const reactor = kit.create();
    const seen: unknown[] = [];
    const detail = { path: '/' };
    const names = PHASES.map((phase) => {
      const trigger = (...args: readonly unknown[]): void => {
        const [context] = args as readonly [TriggerContext]; // as: the test checks that there is one argument
        const { event, phase, name, detail, signal, terminal } = context;
        seen.push({ count: args.length, event, phase, name, detail, aborted: signal.aborted, terminal });
      };
      return reactor.addSystemEventTrigger(phase, 'event', trigger).name;
    });
    await reactor.fire('event', detail);
    expect(seen).toEqual(
      PHASES.map((phase, i) => ({
        count: 1,
        event: 'event',
        phase,
        name: names[i],
        detail,
        aborted: false,
        terminal: false,
      })),
    );
  });

  kit.it('C21', 'the detail is passed to the triggers unchanged', async () => {
    const reactor = kit.create();
    for (const detail of [undefined, null, 0, NaN, '', {}, [], new Error('detail'), Promise.resolve()]) {
      const seen: unknown[] = [];
      reactor.once('event', (context: TriggerContext) => seen.push(context.detail));
      await reactor.fire('event', detail);
      expect([seen.length, Object.is(seen[0], detail)]).toEqual([1, true]);
    }
  });

  kit.it('C21', 'every call has a context and a signal of its own', async () => {
    const reactor = kit.create();
    const contexts: TriggerContext[] = [];
    const trigger = (context: TriggerContext): unknown => contexts.push(context);
    reactor.on('event', { before: trigger, during: trigger, after: trigger });
    reactor.on('event', trigger);
    for (let i = 0; i < 2; i++) await reactor.fire('event', i);
    expect(contexts.length).toBe(8);
    expect([new Set(contexts).size, new Set(contexts.map(({ signal }) => signal)).size]).toEqual([8, 8]);
    expect(contexts.map(({ detail }) => detail)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  kit.it('C21', 'the signal of a context is the same object each time it is read', async () => {
    const reactor = kit.create();
    let same = false;
    reactor.on('event', (context: TriggerContext) => {
      same = context.signal === context.signal;
    });
    await reactor.fire('event');
    expect(same).toBe(true);
  });
}
