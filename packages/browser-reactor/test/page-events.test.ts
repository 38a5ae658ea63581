import { describe, expect, it } from '@jest/globals';
import type { TriggerContext } from '@triphase/core';
import type { BrowserReactor } from '@triphase/browser-reactor';
import { fakePage, hops, keepBusy, running, started, tell } from './page.ts';

const EVENTS = ['hidden', 'visible', 'suspend', 'resume', 'shutdown'] as const;

/** Everything the reactor fires from now on, a word each. */
function journalOf(reactor: BrowserReactor): string[] {
  const journal: string[] = [];
  for (const event of EVENTS) reactor.on(event, () => journal.push(event));
  return journal;
}

/** What is fired when the page does this. */
async function firedBy(story: string, state?: Parameters<typeof fakePage>[0]): Promise<string> {
  const page = fakePage(state);
  const journal = journalOf(await running(page));
  tell(page, story);
  await page.runMicrotasks();
  return journal.join(' ');
}

describe('page events', () => {
  it.each([
    { name: 'a tab that is switched away and back', story: 'hide show', fired: 'hidden visible' },
    { name: 'a page that leaves for the cache', story: 'leave', fired: 'hidden suspend' },
    { name: 'one that comes back', story: 'leave comeBack', fired: 'hidden suspend resume visible' },
    {
      name: 'that in Chromium, which freezes and resumes too',
      story: 'leave freeze unfreeze comeBack',
      fired: 'hidden suspend resume visible',
    },
    { name: 'a page that leaves from a hidden tab', story: 'hide pagehide', fired: 'hidden suspend' },
    { name: 'a hidden tab that is frozen', story: 'hide freeze', fired: 'hidden suspend' },
    {
      name: 'a frozen tab that runs on unseen, and is seen later',
      story: 'hide freeze unfreeze show',
      fired: 'hidden suspend resume visible',
    },
    {
      name: 'a frozen tab that is seen before it runs',
      story: 'hide freeze show unfreeze',
      fired: 'hidden suspend resume visible',
    },
    {
      name: 'a frozen tab that leaves and comes back',
      story: 'hide freeze pagehide comeBack',
      fired: 'hidden suspend resume visible',
    },
    {
      name: 'a page that comes back in a tab that nobody sees',
      story: 'leave pageshow',
      fired: 'hidden suspend resume',
    },
    {
      name: 'a page whose pageshow comes before it is seen',
      story: 'leave pageshow show',
      fired: 'hidden suspend resume visible',
    },
    {
      name: 'a page whose visibilitychange never comes',
      story: 'pagehide pageshow',
      fired: 'hidden suspend resume visible',
    },
    { name: 'a page that is closed', story: 'close', fired: 'hidden shutdown' },
    { name: 'a hidden page that is closed', story: 'hide close', fired: 'hidden shutdown' },
    { name: 'a frozen page that is closed', story: 'hide freeze close', fired: 'hidden suspend shutdown' },
    {
      name: 'a page that comes back twice and is closed',
      story: 'leave comeBack leave comeBack close',
      fired: 'hidden suspend resume visible hidden suspend resume visible hidden shutdown',
    },
    { name: 'a visibilitychange that changes nothing', story: 'show', fired: '' },
    { name: 'a resume of a page that was never frozen', story: 'unfreeze', fired: '' },
    { name: 'a pageshow of a page that was never kept', story: 'pageshow', fired: '' },
  ])('B8: $name ($story): one native cause is one event', async ({ story, fired }) => {
    expect(await firedBy(story)).toBe(fired);
  });

  it('B8: the pageshow of a page that is loaded fires nothing', async () => {
    const page = fakePage();
    const journal = journalOf(await running(page));
    page.emit('window', 'pageshow', { persisted: false });
    expect(journal).toEqual([]);
  });

  it('B8: a page that is born hidden fires nothing, and visible when it is seen', async () => {
    expect(await firedBy('show', { visibilityState: 'hidden' })).toBe('visible');
    expect(await firedBy('close', { visibilityState: 'hidden' })).toBe('shutdown');
  });

  it('B8: whatever the order of native events, hidden and visible alternate, suspend and resume too, and shutdown is last', () => {
    const verbs = ['hide', 'show', 'freeze', 'unfreeze', 'pagehide', 'pageshow', 'close'] as const;
    const legal =
      /^(hidden (suspend resume )*(suspend resume visible |visible ))*(hidden (suspend resume )*(suspend )?(shutdown )?)?$/;
    const length = 4;
    for (let code = 0; code < verbs.length ** length; code++) {
      const page = fakePage();
      const reactor = started(page);
      const journal = journalOf(reactor);
      for (let rest = code, step = 0; step < length; step++, rest = Math.floor(rest / verbs.length)) {
        page[verbs[rest % verbs.length]!]();
      }
      const fired = journal.map((event) => `${event} `).join('');
      if (!legal.test(fired)) throw new Error(`${code}: ${fired}`);
      if (reactor.state !== 'stopped') reactor.crash();
      page.deliverMessages();
      if (page.outstanding !== 0) throw new Error(`${code}: ${page.outstanding} outstanding`);
    }
  });

  it('B8: each is fired with its three phases, and says whether the page went to the cache', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const heard: unknown[] = [];
    for (const event of ['hidden', 'visible', 'suspend', 'resume'] as const) {
      const hear = ({ phase, detail, terminal }: TriggerContext): void => {
        heard.push([event, phase, detail, terminal]);
      };
      reactor.on(event, { before: hear, during: hear, after: hear });
    }
    const phases = (event: string, persisted: boolean, terminal: boolean): unknown[] =>
      ['before', 'during', 'after'].map((phase) => [event, phase, { persisted }, terminal]);
    page.leave();
    page.comeBack();
    expect(heard).toEqual([
      ...phases('hidden', true, true),
      ...phases('suspend', true, true),
      ...phases('resume', true, false),
      ...phases('visible', true, false),
    ]);
    heard.length = 0;
    page.hide();
    page.freeze();
    page.unfreeze();
    page.show();
    expect(heard).toEqual([
      ...phases('hidden', false, false),
      ...phases('suspend', false, true),
      ...phases('resume', false, false),
      ...phases('visible', false, false),
    ]);
  });

  it('B8: a page that came back unseen, and is frozen then, is not in the cache', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const persisted: boolean[] = [];
    reactor.on('suspend', ({ detail }) => persisted.push(detail.persisted));
    reactor.on('resume', ({ detail }) => persisted.push(detail.persisted));
    tell(page, 'leave pageshow freeze unfreeze');
    expect(persisted).toEqual([true, true, false, false]);
  });

  it('B8: page events never overlap: the next waits for the one before', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const journal: string[] = [];
    let release: () => void = () => undefined;
    reactor.on('hidden', () => new Promise<void>((resolve) => (release = resolve)));
    reactor.on('hidden', { after: () => journal.push('hidden is over') });
    reactor.on('visible', () => journal.push('visible'));
    page.hide();
    page.show();
    await page.runMicrotasks();
    expect(journal).toEqual([]);
    release();
    await page.runMicrotasks();
    expect(journal).toEqual(['hidden is over', 'visible']);
  });

  it('B8: hidden and visible that cancel out while they wait are dropped', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const journal: string[] = [];
    const releases: (() => void)[] = [];
    for (const event of ['hidden', 'visible'] as const) {
      reactor.on(event, () => {
        journal.push(event);
        return new Promise<void>((resolve) => releases.push(resolve));
      });
    }
    page.hide(); // under way
    for (let n = 0; n < 5; n++) {
      page.show();
      page.hide();
    }
    releases.shift()!();
    await page.runMicrotasks();
    expect(journal).toEqual(['hidden']);
    page.show(); // under way
    page.hide();
    page.show();
    page.hide();
    releases.shift()!();
    await page.runMicrotasks();
    expect(journal).toEqual(['hidden', 'visible', 'hidden']);
  });

  it('B8: a terminal one escalates what is under way, and a visible that waits is dropped: nobody will see the page', async () => {
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
    'B8, B12: hidden that is fired ahead of a terminal event keeps its grace: the phases of both come in order, in promise jobs alone ($end)',
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

  it('B9: a persisted pagehide is never a shutdown: after Back the same reactor runs on, and resume has fired once', async () => {
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

  it('B9: a page that is kept keeps a stop that is under way: it goes on after Back', async () => {
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

  it('B11: hidden and visible from a visibility change alone are awaited like any other event', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const journal: string[] = [];
    reactor.on('hidden', {
      before: async ({ terminal }) => {
        await hops(500);
        journal.push(`saved, terminal ${String(terminal)}`);
      },
      during: () => journal.push('during'),
    });
    page.hide();
    expect(journal).toEqual([]);
    await page.runMicrotasks();
    expect(journal).toEqual(['saved, terminal false', 'during']);
  });

  it('B11: a page that goes away fires shutdown in the middle of pagehide, as terminal', async () => {
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

  it('B11: its reason is { kind: pagehide }', async () => {
    const page = fakePage();
    const reactor = await running(page);
    let reason: unknown;
    reactor.on('shutdown', ({ detail }) => (reason = detail));
    page.close();
    expect(reason).toEqual({ kind: 'pagehide' });
    expect(reactor.state).toBe('stopped');
  });

  it('B8: a page that goes away while the reactor starts leaves that behind, and shuts down', async () => {
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
