import type { FiringReport } from '@triphase/core';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { start } from '../running.ts';
import { codeThrownBy } from '../thrown.ts';

/** Firing an event while it is being fired: C20. */
export function overlappingFirings(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C20',
    'firing an event that is being fired throws, from outside and from inside its own triggers',
    async () => {
      const reactor = kit.create();
      const codes: string[] = [];
      const fire = (): void => void codes.push(codeThrownBy(() => reactor.fire('event')));
      const pending = new Journal().pends('during');
      reactor.on('event', { before: fire, during: pending.trigger, after: fire });
      const firing = reactor.fire('event');
      fire();
      pending.resolve();
      const { counts } = await firing;
      expect(codes).toEqual([
        'ERR_TRIPHASE_EVENT_ALREADY_FIRING',
        'ERR_TRIPHASE_EVENT_ALREADY_FIRING',
        'ERR_TRIPHASE_EVENT_ALREADY_FIRING',
      ]);
      expect(counts).toEqual({ before: 1, during: 1, after: 1 });
    },
  );

  kit.it('C20', 'firing an event throws inside the triggers of another event that it has fired', async () => {
    const reactor = kit.create();
    let code = '';
    reactor.on('outer', () => reactor.fire('inner'));
    reactor.on('inner', () => {
      code = codeThrownBy(() => reactor.fire('outer'));
    });
    await reactor.fire('outer');
    expect(code).toBe('ERR_TRIPHASE_EVENT_ALREADY_FIRING');
  });

  kit.it(
    'C20',
    'with whenFiring: again, any number of requests cause one more firing after the current one',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = journal.pends('during');
      reactor.once('event', pending.trigger);
      reactor.on('event', { before: journal.notes('before'), after: journal.notes('after') });
      const first = reactor.fire('event');
      const again = [1, 2, 3].map(() => reactor.fire('event', undefined, { whenFiring: 'again' }));
      expect(journal.entries).toEqual(['before', 'during']);
      pending.resolve();
      expect((await first).counts).toEqual({ before: 1, during: 1, after: 1 });
      await Promise.all(again);
      expect(journal.entries).toEqual(['before', 'during', 'after', 'before', 'after']);
      expect(reactor.isFiring('event')).toBe(false);
    },
  );

  kit.it('C20', 'all requests for one more firing get the same promise, and the newest detail is used', async () => {
    const reactor = kit.create();
    const details: unknown[] = [];
    const pending = new Journal().pends('during');
    reactor.once('event', pending.trigger);
    reactor.on('event', ({ detail }: { readonly detail: unknown }) => details.push(detail));
    const first = reactor.fire('event', 'first');
    const second = reactor.fire('event', 'second', { whenFiring: 'again' });
    const third = reactor.fire('event', 'third', { whenFiring: 'again' });
    expect(second).toBe(third);
    expect(second === first).toBe(false);
    pending.resolve();
    await third;
    expect(details).toEqual(['first', 'third']);
  });

  kit.it('C20', 'of several requests for one more firing the newest options are used', async () => {
    const reactor = kit.create();
    const pending = new Journal().pends('during');
    reactor.once('event', pending.trigger);
    reactor.on('event', () => 1);
    void reactor.fire('event');
    void reactor.fire('event', undefined, { whenFiring: 'again', timings: false });
    const last = reactor.fire('event', undefined, { whenFiring: 'again', timings: true });
    pending.resolve();
    expect((await last).phases?.during.triggers.length).toBe(1);
  });

  kit.it(
    'C20',
    'a trigger may request one more firing of its own event, which begins after the current one',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const again: Promise<FiringReport>[] = [];
      reactor.once('event', () => {
        again.push(reactor.fire('event', 'again', { whenFiring: 'again' }));
      });
      reactor.on('event', {
        after: ({ detail }: { readonly detail: unknown }) => journal.entries.push(`after ${String(detail)}`),
      });
      void reactor.fire('event', 'first');
      expect(journal.entries).toEqual(['after first']);
      expect(reactor.isFiring('event')).toBe(true);
      expect(codeThrownBy(() => reactor.fire('event'))).toBe('ERR_TRIPHASE_EVENT_ALREADY_FIRING');
      await again[0];
      expect(journal.entries).toEqual(['after first', 'after again']);
    },
  );

  kit.it('C20', 'whenFiring: again fires at once when the event is not being fired', () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('event', journal.notes('during'));
    void reactor.fire('event', undefined, { whenFiring: 'again' });
    expect([journal.entries, reactor.isFiring('event')]).toEqual([['during'], false]);
  });

  kit.it('C20', 'isFiring() says whether that one event is being fired', async () => {
    const reactor = kit.create();
    const seen: boolean[] = [];
    const look = (): void => void seen.push(reactor.isFiring('event'), reactor.isFiring('other'));
    const pending = new Journal().pends('during');
    reactor.on('event', { before: look, during: pending.trigger, after: look });
    look();
    const firing = reactor.fire('event');
    look();
    pending.resolve();
    await firing;
    look();
    expect(seen).toEqual([false, false, true, false, true, false, true, false, false, false]);
  });

  kit.it('C20', 'a pending event does not delay another event', async () => {
    const reactor = kit.create();
    const pending = new Journal().pends('before');
    reactor.on('pending', pending.trigger);
    reactor.on('other', () => 1);
    const firing = reactor.fire('pending');
    expect((await reactor.fire('other')).counts.during).toBe(1);
    expect(reactor.isFiring('pending')).toBe(true);
    pending.resolve();
    await firing;
  });

  kit.it(
    'C20',
    'only the reactor fires startup and shutdown: fire() throws for them and removes no trigger',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      for (const event of ['startup', 'shutdown']) reactor.once(event, journal.notes(event));
      const attempt = (): void => {
        for (const event of ['startup', 'shutdown']) {
          for (const form of ['fire', 'fireSystemEvent'] as const) {
            expect(codeThrownBy(() => reactor[form](event))).toBe('ERR_TRIPHASE_RESERVED_EVENT');
            expect(codeThrownBy(() => reactor[form](event, undefined, { whenFiring: 'again' }))).toBe(
              'ERR_TRIPHASE_RESERVED_EVENT',
            );
          }
        }
      };
      attempt();
      expect(journal.entries).toEqual([]);
      await start(reactor);
      attempt();
      await reactor.stop();
      expect(journal.entries).toEqual(['startup', 'shutdown']);
    },
  );
}
