import type { FiringError, FiringReport, Phase } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { mustNotRun } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { start } from '../running.ts';
import { thrownBy } from '../thrown.ts';
import { settle } from '../time.ts';
import { rejects, throws } from '../trigger-results.ts';

/** The report of a firing: C15. */
export function reports(kit: Kit): void {
  const { expect } = kit;

  kit.it('C15', 'fire() never rejects: its report says what was called', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.on('event', { before: throws('failed'), during: rejects('failed'), after: () => 1 });
    const { event, duration, counts, abandoned, escalated, vetoed, phases } = await reactor.fire('event');
    expect({ event, counts, abandoned, escalated, vetoed, phases }).toEqual({
      event: 'event',
      counts: { before: 1, during: 1, after: 1 },
      abandoned: [],
      escalated: false,
      vetoed: false,
      phases: undefined,
    });
    expect(duration >= 0 && Number.isFinite(duration)).toBe(true);
  });

  kit.it('C15', 'a report counts the triggers that were called, by phase', async () => {
    const reactor = kit.create();
    const times = { before: 3, during: 2, after: 4 };
    for (const phase of PHASES) {
      for (let i = 0; i < times[phase]; i++) reactor.addSystemEventTrigger(phase, 'event', async () => settle());
      reactor.addSystemEventTrigger(phase, 'event', mustNotRun).remove();
    }
    expect((await reactor.fire('event')).counts).toEqual(times);
  });

  kit.it('C15', 'the errors of a report name event, phase and trigger, and hold what was thrown', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const cause = new Error('disk full');
    reactor.addSystemEventTrigger('during', 'save', throws(cause), { name: 'journal' });
    const error = onlyError(await reactor.fire('save'));
    expect([error.code, error.event, error.phase, error.trigger]).toEqual([
      'ERR_TRIPHASE_TRIGGER_FAILED',
      'save',
      'during',
      'journal',
    ]);
    expect(error.cause).toBe(cause);
    for (const word of ['save', 'during', 'journal', 'disk full']) expect(error.message.includes(word)).toBe(true);
  });

  kit.it('C15', 'throwIfFailed() throws one AggregateError with the errors of the report, or nothing', async () => {
    const reactor = kit.create({ onError: () => undefined });
    (await reactor.fire('event')).throwIfFailed();
    reactor.on('event', { before: throws('1'), after: rejects('2') });
    const report = await reactor.fire('event');
    const error = thrownBy(() => {
      report.throwIfFailed();
    });
    if (!(error instanceof AggregateError)) throw new Error('expected an AggregateError');
    expect(error.errors.map((each: FiringError) => report.errors.indexOf(each))).toEqual([0, 1]);
  });

  kit.it('C15', 'with timings a report has the name, duration and outcome of each trigger, by phase', async () => {
    const reactor = kit.create({ onError: () => undefined });
    let slept = 0;
    const sleeper = async (): Promise<void> => {
      const asleep = deferred();
      const begun = reactor.now();
      reactor.callLater(10, asleep.resolve);
      await asleep.promise;
      slept = reactor.now() - begun;
    };
    await start(reactor);
    reactor.addSystemEventTrigger('before', 'event', sleeper);
    reactor.addSystemEventTrigger('before', 'event', () => 1, { name: 'quick' });
    reactor.addSystemEventTrigger('after', 'event', throws('failed'), { name: 'thrower' });
    reactor.addSystemEventTrigger('after', 'event', rejects('failed'), { name: 'rejecter' });
    const report = await reactor.fire('event', undefined, { timings: true });
    const triggersOf = (phase: Phase): unknown =>
      report.phases?.[phase].triggers.map(({ name, outcome }) => `${name} ${outcome}`);
    expect(PHASES.map(triggersOf)).toEqual([['sleeper done', 'quick done'], [], ['thrower failed', 'rejecter failed']]);
    const durations = PHASES.flatMap((phase) => report.phases?.[phase].triggers ?? []).map(({ duration }) => duration);
    expect(durations.every((duration) => duration >= 0 && Number.isFinite(duration))).toBe(true);
    expect(
      (durations[0] ?? 0) >= slept && (report.phases?.before.duration ?? 0) >= slept && report.duration >= slept,
    ).toBe(true);
  });

  kit.it(
    'C15',
    'by default only startup and shutdown have timings; an option of the reactor or of the firing changes that',
    async () => {
      const timed = async (timings: boolean | undefined, firing?: boolean): Promise<readonly boolean[]> => {
        const reactor = kit.create(timings === undefined ? {} : { timings });
        await start(reactor);
        const report = await reactor.fire('event', undefined, firing === undefined ? {} : { timings: firing });
        const { startup, shutdown } = await reactor.stop();
        return [report, startup, shutdown].map((each) => each?.phases !== undefined);
      };
      expect(await timed(undefined)).toEqual([false, true, true]);
      expect(await timed(true)).toEqual([true, true, true]);
      expect(await timed(false)).toEqual([false, false, false]);
      expect(await timed(false, true)).toEqual([true, false, false]);
      expect(await timed(true, false)).toEqual([false, true, true]);
    },
  );
}

/** Returns the one error of a report. Throws if there are more or none, or if it isn't the error of a trigger. */
function onlyError(report: FiringReport): Extract<FiringReport['errors'][number], { readonly trigger: string }> {
  const [error] = report.errors;
  if (report.errors.length !== 1 || error === undefined || !('trigger' in error)) {
    throw new Error(`expected one failed trigger, not ${report.errors.join(', ') || 'none'}`);
  }
  return error;
}
