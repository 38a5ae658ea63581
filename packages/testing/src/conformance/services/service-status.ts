import { deferred } from '../deferred.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { start } from '../running.ts';
import { settle } from '../time.ts';
import { throws } from '../trigger-results.ts';

/** Services in `pending()` and `describe()`: C52. */
export function serviceStatus(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C52',
    'pending() lists a pending service with its status, and a service that waits for it with what it waits for',
    async () => {
      const reactor = kit.create();
      const [db, http] = [deferred(), deferred()];
      const called = deferred();
      const needs = [
        reactor.use({
          name: 'db',
          startup: {
            during: () => {
              called.resolve();
              return db.promise;
            },
          },
          status: () => '3 tables',
        }),
      ];
      reactor.use({ name: 'http', needs, startup: { during: () => http.promise } });
      const ended = reactor.run();
      await called.promise;
      const [first, second] = reactor.pending();
      expect([first?.kind, first?.name, first?.event, first?.phase, first?.status]).toEqual([
        'service',
        'db',
        'startup',
        'during',
        '3 tables',
      ]);
      expect([second?.kind, second?.name, second?.status?.includes('db')]).toEqual(['service', 'http', true]);
      db.resolve();
      http.resolve();
      await settle();
      await reactor.stop();
      await ended;
    },
  );

  kit.it('C52', 'describe() prints the tree of services with the state and status of each', async () => {
    const reactor = kit.create();
    const db = reactor.use({
      name: 'database',
      startup: { during: () => 1 },
      shutdown: { during: () => 1 },
      status: () => '3 tables',
    });
    reactor.use({ name: 'webserver', needs: [db], startup: { during: () => 1 }, shutdown: { during: () => 1 } });
    const line = (name: string): string | undefined =>
      reactor
        .describe()
        .split('\n')
        .find((each) => each.includes(name));
    expect(line('database')?.includes('3 tables')).toBe(true);
    const states = (): unknown =>
      ['database', 'webserver'].map((name) => /idle|started|stopped/.exec(line(name) ?? '')?.[0]);
    expect(states()).toEqual(['idle', 'idle']);
    const indent = (name: string): number => line(name)?.indexOf(name) ?? -1;
    expect(indent('database') > indent('webserver')).toBe(true);
    await start(reactor);
    await settle();
    expect(states()).toEqual(['started', 'started']);
    await reactor.stop();
    expect(states()).toEqual(['stopped', 'stopped']);
  });

  kit.it('C52', 'describe() and pending() work when status() of a service throws', async () => {
    const reactor = kit.create();
    const pending = new Journal().pends('db');
    reactor.use({ name: 'db', startup: { during: pending.trigger }, status: throws(new Error('no status')) });
    expect(reactor.describe().includes('db')).toBe(true);
    const ended = reactor.run();
    await pending.called;
    expect(reactor.pending().map(({ name }) => name)).toEqual(['db']);
    pending.resolve();
    await settle();
    await reactor.stop();
    await ended;
  });
}
