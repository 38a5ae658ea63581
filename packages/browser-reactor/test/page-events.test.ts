import { describe, expect, it } from '@jest/globals';
import type { TriggerContext } from '@triphase/core';
import { fakePage, hops, running, started, tell } from './page.ts';
import { journalOf } from './page-journal.ts';

/** The events that are fired when the page does this, as one string. */
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
    { name: 'a page that comes back from the cache', story: 'leave comeBack', fired: 'hidden suspend resume visible' },
    {
      name: 'a page that comes back in Chromium, which also freezes and resumes it',
      story: 'leave freeze unfreeze comeBack',
      fired: 'hidden suspend resume visible',
    },
    { name: 'a page that leaves from a hidden tab', story: 'hide pagehide', fired: 'hidden suspend' },
    { name: 'a hidden tab that is frozen', story: 'hide freeze', fired: 'hidden suspend' },
    {
      name: 'a frozen tab that goes on in the background, and is shown later',
      story: 'hide freeze unfreeze show',
      fired: 'hidden suspend resume visible',
    },
    {
      name: 'a frozen tab that is shown before it goes on',
      story: 'hide freeze show unfreeze',
      fired: 'hidden suspend resume visible',
    },
    {
      name: 'a frozen tab that leaves and comes back',
      story: 'hide freeze pagehide comeBack',
      fired: 'hidden suspend resume visible',
    },
    {
      name: 'a page that comes back in a background tab',
      story: 'leave pageshow',
      fired: 'hidden suspend resume',
    },
    {
      name: 'a page whose pageshow comes before it is visible',
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
    { name: 'a pageshow of a page that was never in the cache', story: 'pageshow', fired: '' },
  ])('B8: $name ($story) fires: $fired', async ({ story, fired }) => {
    expect(await firedBy(story)).toBe(fired);
  });

  it('B8: the pageshow of a page that is loaded fires nothing', async () => {
    const page = fakePage();
    const journal = journalOf(await running(page));
    page.emit('window', 'pageshow', { persisted: false });
    expect(journal).toEqual([]);
  });

  it('B8: a page that is hidden from the beginning fires visible when it is shown, and no hidden', async () => {
    expect(await firedBy('show', { visibilityState: 'hidden' })).toBe('visible');
    expect(await firedBy('close', { visibilityState: 'hidden' })).toBe('shutdown');
  });

  it('B8: in every order of native events hidden and visible alternate, suspend and resume alternate, and shutdown is last', () => {
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

  it('B8: each event is fired with its three phases, and its detail says whether the page went into the cache', async () => {
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

  it('B8: a page that came back in a background tab and is then frozen has persisted: false', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const persisted: boolean[] = [];
    reactor.on('suspend', ({ detail }) => persisted.push(detail.persisted));
    reactor.on('resume', ({ detail }) => persisted.push(detail.persisted));
    tell(page, 'leave pageshow freeze unfreeze');
    expect(persisted).toEqual([true, true, false, false]);
  });

  it('B8: page events never overlap: each waits for the one before', async () => {
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

  it('B8: a hidden and a visible that wait and cancel each other out are dropped', async () => {
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

  it('B11: triggers of hidden and visible are awaited if only the visibility has changed', async () => {
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
});
