import type { Phase, Service, TriggerContext } from '@triphase/core';
import { mustNotRun } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { start } from '../running.ts';
import { codeThrownBy } from '../thrown.ts';
import { throws } from '../trigger-results.ts';

/** `use`: what it registers, and how often: C52. */
export function usingServices(kit: Kit): void {
  const { expect } = kit;

  kit.it('C52', 'use() registers the startup and shutdown functions of a service and returns the service', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const notesOf = (event: string): Record<Phase, () => void> => ({
      before: journal.notes(`before ${event}`),
      during: journal.notes(`during ${event}`),
      after: journal.notes(`after ${event}`),
    });
    const service: Service = { name: 'db', startup: notesOf('startup'), shutdown: notesOf('shutdown') };
    expect(reactor.use(service)).toBe(service);
    await start(reactor);
    await reactor.stop();
    expect(journal.entries).toEqual(
      ['startup', 'shutdown'].flatMap((event) => PHASES.map((phase) => `${phase} ${event}`)),
    );
  });

  kit.it('C52', 'the functions of a service get the context of a trigger, with the name of the service', async () => {
    const reactor = kit.create();
    const seen: unknown[] = [];
    const look = ({ event, phase, name, detail, signal, terminal }: TriggerContext): void =>
      void seen.push({ event, phase, name, detail, aborted: signal.aborted, terminal });
    reactor.use({ name: 'db', startup: { during: look }, shutdown: { after: look } });
    await start(reactor);
    const reason = { kind: 'done' };
    await reactor.stop(reason);
    expect(seen).toEqual([
      { event: 'startup', phase: 'during', name: 'db', detail: undefined, aborted: false, terminal: false },
      { event: 'shutdown', phase: 'after', name: 'db', detail: reason, aborted: false, terminal: false },
    ]);
  });

  kit.it(
    'C52',
    'startup and shutdown of a service may be instances of classes: their methods are called on them',
    async () => {
      const reactor = kit.create();
      class CountingPhases {
        #calls = 0;
        during(): void {
          this.#calls++;
        }
        get calls(): number {
          return this.#calls;
        }
      }
      const service = reactor.use({ name: 'class', startup: new CountingPhases(), shutdown: new CountingPhases() });
      await start(reactor);
      await reactor.stop();
      expect([service.startup.calls, service.shutdown.calls]).toEqual([1, 1]);
    },
  );

  kit.it('C52', 'a service that is used twice is registered once', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const service: Service = {
      name: 'db',
      startup: { during: journal.notes('starts') },
      shutdown: { during: journal.notes('stops') },
    };
    expect(reactor.use(service)).toBe(reactor.use(service));
    reactor.on('startup', { after: () => reactor.use(service) });
    await start(reactor);
    expect(reactor.use(service)).toBe(service);
    await reactor.stop();
    expect(journal.entries).toEqual(['starts', 'stops']);
  });

  kit.it('C52', 'attach() of a service is called once, by the first use()', () => {
    const reactor = kit.create();
    const attached: unknown[] = [];
    const service = { name: 'db', attach: (app: unknown) => attached.push(app) };
    reactor.use(service);
    reactor.use(service);
    expect(attached.length).toBe(1);
    expect(attached[0]).toBe(reactor);
  });

  kit.it(
    'C52',
    'a service whose attach() throws is not registered, nor are the services that attach() used',
    async () => {
      const reactor = kit.create();
      const failing = { startup: { during: mustNotRun }, shutdown: { during: mustNotRun } };
      const service: Service = {
        name: 'http',
        ...failing,
        attach(app) {
          app.use({ name: 'probes', needs: [service], ...failing });
          throws('no port')();
        },
      };
      expect(codeThrownBy(() => reactor.use(service))).toBe('no port');
      expect(reactor.describe().split('\n').length).toBe(1);
      await start(reactor);
      await reactor.stop();
    },
  );

  kit.it('C52', 'use() reads a service once: later changes of it have no effect', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const service = {
      name: 'db',
      startup: { during: journal.notes('starts') },
      shutdown: { during: journal.notes('stops') },
    };
    reactor.use(service);
    service.name = 'other';
    service.startup.during = mustNotRun;
    service.shutdown = { during: mustNotRun };
    await start(reactor);
    const { startup } = await reactor.stop();
    expect(journal.entries).toEqual(['starts', 'stops']);
    expect(startup.phases?.during.triggers.map(({ name }) => name)).toEqual(['db']);
  });

  for (const event of ['startup', 'shutdown'] as const) {
    for (const phase of PHASES) {
      kit.it('C17', `a plain trigger that a service adds to ${phase} ${event} in that phase runs in it`, async () => {
        const reactor = kit.create();
        const journal = new Journal();
        reactor.use({
          name: 'db',
          [event]: {
            [phase]: () => {
              reactor.addSystemEventTrigger(phase, event, journal.notes('added'));
            },
          },
        });
        await start(reactor);
        await reactor.stop();
        expect(journal.entries).toEqual(['added']);
      });
    }
  }

  kit.it('C52', 'two services with the same name are both registered', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    for (const entry of ['first', 'second']) reactor.use({ name: 'worker', startup: { during: journal.notes(entry) } });
    await start(reactor);
    await reactor.stop();
    expect(journal.entries).toEqual(['first', 'second']);
  });
}
