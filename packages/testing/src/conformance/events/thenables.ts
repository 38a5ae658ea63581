import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import type { Kit } from '../kit.ts';
import { thenable, throws } from '../trigger-results.ts';

/** Which return values of a trigger are waited for: C13. */
export function thenables(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C13',
    'any thenable is waited for: a promise, an async function, an object or a function with then',
    async () => {
      const wait = deferred();
      const then = wait.promise.then.bind(wait.promise);
      const kinds = [
        () => wait.promise,
        async () => {
          await wait.promise;
        },
        () => ({ then }),
        () => Object.assign(() => 1, { then }),
        () => Object.create({ then }) as unknown,
      ];
      for (const kind of kinds) {
        const reactor = kit.create();
        reactor.addSystemEventTrigger('before', 'event', kind);
        void reactor.fire('event');
        expect(reactor.isFiring('event')).toBe(true);
      }
      wait.resolve();
      await wait.promise;
    },
  );

  kit.it('C13', 'a value that is not a thenable is not waited for', () => {
    const values = [undefined, null, 0, 'then', true, Symbol('then'), {}, [], () => 1, { then: 'now' }, { then: {} }];
    for (const value of values) {
      const reactor = kit.create();
      reactor.addSystemEventTrigger('before', 'event', () => value);
      void reactor.fire('event');
      expect(reactor.isFiring('event')).toBe(false);
    }
  });

  kit.it('C13', 'when reading or calling then throws, that is the error of its trigger', async () => {
    const { onError, errors } = recordErrors();
    const reactor = kit.create({ onError });
    reactor.addSystemEventTrigger('before', 'event', () => ({
      get then(): unknown {
        return throws('getter')();
      },
    }));
    reactor.addSystemEventTrigger('before', 'event', () => thenable(throws('call')));
    reactor.addSystemEventTrigger('after', 'event', () => 1);
    const firing = reactor.fire('event');
    expect(errors).toEqual(['getter', 'call']);
    const report = await firing;
    expect(report.errors.map(({ cause }) => cause)).toEqual(['getter', 'call']);
    expect(report.counts).toEqual({ before: 2, during: 0, after: 1 });
  });

  kit.it('C13', 'an error that then() throws after it has settled the thenable is ignored', async () => {
    const reactor = kit.create();
    reactor.on('event', () =>
      thenable((fulfil) => {
        fulfil();
        throws('too late')();
      }),
    );
    expect((await reactor.fire('event')).errors).toEqual([]);
  });
}
