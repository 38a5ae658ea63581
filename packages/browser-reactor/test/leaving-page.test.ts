import { describe, expect, it } from '@jest/globals';
import type { TriggerContext } from '@triphase/core';
import { fakePage, hops, keepBusy, running } from './page.ts';
import { journalOf } from './page-journal.ts';

describe('a page that is left or closed', () => {
  it('B8: a terminal event escalates the event under way, and a visible that waits is dropped', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const journal = journalOf(reactor);
    let signal: AbortSignal | undefined;
    reactor.on('hidden', {
      before: (context) => {
        ({ signal } = context);
        return new Promise(() => undefined);
      },
      after: () => journal.push('after hidden'),
    });
    page.hide();
    page.show();
    await page.runMicrotasks();
    expect([journal, signal?.aborted]).toEqual([[], false]);
    page.leave();
    expect([journal, signal?.aborted]).toEqual([['hidden', 'after hidden', 'suspend'], true]);
  });

  it.each([
    { end: 'leave', event: 'suspend' },
    { end: 'close', event: 'shutdown' },
  ] as const)(
    'B8, B12: the phases of hidden and then of $event run in order, in promise jobs alone ($end)',
    async ({ end, event }) => {
      const page = fakePage();
      const reactor = await running(page);
      const journal: string[] = [];
      const trigger = async ({ event, phase }: TriggerContext): Promise<void> => {
        journal.push(`${String(event)} ${phase}`);
        await hops(10);
        journal.push(`${String(event)} ${phase} ten awaits later`);
      };
      for (const type of ['hidden', event] as const)
        reactor.on(type, { before: trigger, during: trigger, after: trigger });
      page[end]();
      await hops(1_000); // no macrotask may be needed
      const phases = ['hidden', event].flatMap((type) =>
        ['before', 'during', 'after'].map((phase) => `${type} ${phase}`),
      );
      expect(journal).toEqual(phases.flatMap((phase) => [phase, `${phase} ten awaits later`]));
    },
  );

  it('B8: a hidden trigger that never settles does not keep shutdown from firing', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const journal = journalOf(reactor);
    reactor.on('hidden', { before: () => new Promise(() => undefined) });
    page.close();
    await hops(200);
    expect([journal, reactor.state]).toEqual([['hidden', 'shutdown'], 'stopped']);
  });

  it('B9: a pagehide with persisted fires no shutdown: after Back the same reactor goes on, and resume has fired once', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const journal = journalOf(reactor);
    const { ran } = keepBusy(reactor);
    page.runFrame();
    page.leave();
    page.advance(60_000);
    page.comeBack();
    expect(reactor.state).toBe('running');
    const before = ran.length;
    page.runFrame();
    expect(ran.length).toBe(before + 1);
    expect(journal.filter((event) => event === 'resume')).toEqual(['resume']);
    expect(journal).not.toContain('shutdown');
  });

  it('B9: a stop that is under way when the page goes into the cache goes on after Back', async () => {
    const page = fakePage();
    const reactor = await running(page);
    let release: () => void = () => undefined;
    reactor.on('shutdown', { before: () => new Promise<void>((resolve) => (release = resolve)) });
    const stopped = reactor.stop();
    page.runFrame();
    page.leave();
    await page.runMicrotasks();
    page.comeBack();
    expect(reactor.state).toBe('stopping');
    release();
    expect((await stopped).shutdown?.escalated).toBe(false);
  });

  it('B11: a page that is closed runs shutdown inside the pagehide event, as terminal', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const ran: unknown[] = [];
    reactor.on('shutdown', {
      before: ({ detail }) => ran.push(detail),
      during: ({ terminal }) => ran.push(terminal),
      after: () => ran.push('after'),
    });
    const ended = reactor.stop();
    page.emit('window', 'pagehide', { persisted: false });
    expect(ran).toEqual([{ kind: 'stop' }, true, 'after']);
    await ended;
    page.deliverMessages();
    expect(page.outstanding).toBe(0);
  });

  it('B11: the reason of that shutdown is { kind: pagehide }', async () => {
    const page = fakePage();
    const reactor = await running(page);
    let reason: unknown;
    reactor.on('shutdown', ({ detail }) => (reason = detail));
    page.close();
    expect(reason).toEqual({ kind: 'pagehide' });
    expect(reactor.state).toBe('stopped');
  });

  it('B8: a page that is closed while the reactor starts abandons the start, and shuts down', async () => {
    const page = fakePage();
    const reactor = await running(page);
    reactor.crash();
    const journal = journalOf(reactor);
    reactor.once('startup', { before: () => new Promise(() => undefined) });
    void reactor.run();
    page.close();
    expect([journal, reactor.state]).toEqual([['hidden', 'shutdown'], 'stopped']);
  });
});
