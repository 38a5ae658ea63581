import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { settle } from '../time.ts';
import { WAYS_TO_FAIL, rejects, throws } from '../trigger-results.ts';

/** Triggers that fail: C14. */
export function triggerErrors(kit: Kit): void {
  const { expect } = kit;

  for (const { how, fails } of WAYS_TO_FAIL) {
    kit.it(
      'C14',
      `a trigger that ${how} any value is reported once with event, phase and name; the others run`,
      async () => {
        for (const error of ANYTHING_THROWN) {
          for (const phase of PHASES) {
            const record = recordErrors();
            const reactor = kit.create({ onError: record.onError });
            reactor.addSystemEventTrigger(phase, 'event', () => 1);
            reactor.addSystemEventTrigger(phase, 'event', fails(error), { name: 'failing' });
            for (const each of PHASES) reactor.addSystemEventTrigger(each, 'event', () => 1);
            const report = await reactor.fire('event');
            expect(report.counts).toEqual({ before: 1, during: 1, after: 1, [phase]: 3 });
            expect(record.errors.length).toBe(1);
            expect(Object.is(record.errors[0], error)).toBe(true);
            expect(record.sources).toEqual([{ kind: 'trigger', name: 'failing', event: 'event', phase }]);
          }
        }
      },
    );
  }

  kit.it('C14', 'errors are reported in the order in which they happen', async () => {
    const { onError, errors } = recordErrors();
    const reactor = kit.create({ onError });
    const [first, second] = [deferred(), deferred()];
    for (const trigger of [() => first.promise, throws('1'), () => second.promise, throws('2')])
      reactor.addSystemEventTrigger('before', 'event', trigger);
    reactor.addSystemEventTrigger('after', 'event', throws('5'));
    const firing = reactor.fire('event');
    second.reject('3');
    await settle();
    first.reject('4');
    const report = await firing;
    expect(errors).toEqual(['1', '2', '3', '4', '5']);
    expect(report.errors.map(({ cause }) => cause)).toEqual(['1', '2', '3', '4', '5']);
  });

  kit.it('C14', 'when onError throws, its error is printed and all other triggers and phases still run', async () => {
    const printed: string[] = [];
    const print = (message: string): void => void printed.push(message);
    const reactor = kit.create({
      onError: throws(new Error('broken onError')),
      logger: { info: print, warn: print, error: print },
    });
    for (const phase of PHASES) {
      reactor.addSystemEventTrigger(phase, 'event', throws('thrown'));
      reactor.addSystemEventTrigger(phase, 'event', rejects('rejected'));
    }
    const report = await reactor.fire('event');
    expect([report.counts, report.errors.length]).toEqual([{ before: 2, during: 2, after: 2 }, 6]);
    expect(printed.join('\n').includes('broken onError')).toBe(true);
  });

  kit.it('C14', 'an onError may fire events, add triggers and remove them', async () => {
    const journal = new Journal();
    const reactor = kit.create({
      onError: () => {
        removed.remove();
        reactor.addSystemEventTrigger('during', 'event', journal.notes('added'));
        void reactor.fire('other');
      },
    });
    reactor.on('other', journal.notes('other'));
    reactor.addSystemEventTrigger('before', 'event', throws('failed'));
    const removed = reactor.addSystemEventTrigger('before', 'event', journal.notes('removed'));
    await reactor.fire('event');
    expect(journal.entries).toEqual(['other', 'added']);
  });
}

const ANYTHING_THROWN = [new Error('failed'), 'failed', '', 0, NaN, null, undefined, { code: 7 }];
