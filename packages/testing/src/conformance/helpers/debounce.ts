import { debounce } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { runThrough, startFully } from '../running.ts';
import { HOUR, atLeast, delay, settle } from '../time.ts';

/** `debounce`: C69. */
export function debounced(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C69',
    'debounce() calls its function once, after its delay from the last call, with the arguments of that call',
    async () => {
      const reactor = kit.create();
      const calls: (readonly [string, number])[] = [];
      const made = deferred();
      const save = debounce(reactor, 5, (text: string) => {
        calls.push([text, reactor.now()]);
        made.resolve();
      });
      await runThrough(reactor, async () => {
        save('a');
        save('b');
        const last = reactor.now();
        save('c');
        await made.promise;
        await delay(reactor, 10);
        expect(calls.map(([text, at]) => [text, atLeast(at - last, 5)])).toEqual([['c', true]]);
      });
    },
  );

  kit.it(
    'C69',
    'flush() of a debounced function calls it now, cancel() drops the call, and a failure is reported',
    async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      const calls: string[] = [];
      const save = debounce(reactor, HOUR, (text: string) => {
        calls.push(text);
        if (text === 'bad') throw new Error('disk full');
      });
      await runThrough(reactor, async () => {
        save.flush();
        save('good');
        save.flush();
        save('dropped');
        save.cancel();
        save('bad');
        save.flush();
        await settle();
      });
      expect([calls, record.errors.map(String)]).toEqual([['good', 'bad'], ['Error: disk full']]);
    },
  );

  kit.it(
    'C69',
    'stop() makes a debounced call at once and waits for its promise; later calls are made at once',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const saving = journal.pends('first');
      const save = debounce(reactor, HOUR, (text: string) => {
        if (text === 'first') return saving.trigger(undefined as never); // as: the trigger does not read its context
        return journal.entries.push(text);
      });
      reactor.on('shutdown', {
        during: () => {
          journal.notes('during')();
          save('second');
        },
      });
      await startFully(reactor);
      save('first');
      const ended = reactor.stop();
      await saving.called;
      await delay(reactor, 1);
      await settle();
      expect(journal.entries).toEqual(['first']);
      saving.resolve();
      await ended;
      expect(journal.entries).toEqual(['first', 'during', 'second']);
    },
  );
}
