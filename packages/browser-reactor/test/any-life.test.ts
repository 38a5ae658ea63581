import { describe, expect, it } from '@jest/globals';
import type { WhenHidden } from '../src/hidden-policy.ts';
import { fakePage, started, type Page } from './page.ts';

/** The things that may happen to a page, in any order. A prerendered page counts as hidden, and is shown when its user goes there. */
const VERBS = ['hide', 'show', 'leave', 'comeBack', 'pagehide', 'pageshow', 'freeze', 'unfreeze'] as const;

/** A random number generator: numbers from 0 to 1, the same ones for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

/** Lets time and frames of a page go on for `ms` milliseconds. */
async function pass(page: Page, ms: number): Promise<void> {
  for (const end = page.now() + ms; page.now() < end;) {
    page.advance(20);
    page.runFrame();
    page.deliverMessages();
    await page.runMicrotasks();
  }
}

const prerender = (page: Page, prerendering: boolean): void =>
  page.emit('document', prerendering ? 'made' : 'prerenderingchange', { prerendering });

async function live(whenHidden: WhenHidden, seed: number): Promise<void> {
  const random = randomOf(seed);
  const isPrerendered = random() < 0.3;
  const page = fakePage(isPrerendered ? { visibilityState: 'hidden' } : {});
  if (isPrerendered) prerender(page, true);
  const reactor = started(page, { whenHidden });
  let [isHidden, isInCacheOrFrozen] = [isPrerendered, false];
  let frames: number[] = [];
  const seenWhileHidden: number[] = [];
  reactor.onFrame(({ delta }) => (isHidden || isInCacheOrFrozen ? seenWhileHidden : frames).push(delta));
  const [asked, ran]: [number[], number[]] = [[], []];
  const tales: string[] = [];
  let isActivated = !isPrerendered;
  for (let step = 0; step < 12; step++) {
    const call = asked.push(step) - 1;
    if (random() < 0.5) reactor.callSoon(() => ran.push(call));
    else reactor.callLater(random() * 300, () => ran.push(call));
    if (!isActivated && random() < 0.4) {
      prerender(page, false);
      page.show();
      isActivated = true;
      tales.push('activated');
      isHidden = false;
    } else if (isActivated) {
      const verb = VERBS[Math.floor(random() * VERBS.length)]!;
      tales.push(verb);
      page[verb]();
      if (verb === 'hide' || verb === 'leave') isHidden = true;
      if (verb === 'show' || verb === 'comeBack') isHidden = false;
      isInCacheOrFrozen =
        verb === 'leave' || verb === 'freeze' || verb === 'pagehide' || (isInCacheOrFrozen && verb === 'hide');
    }
    await pass(page, random() < 0.5 ? 0 : random() * 400);
  }
  if (!isActivated) prerender(page, false);
  page.pageshow();
  page.show();
  await page.runMicrotasks();
  [isHidden, isInCacheOrFrozen] = [false, false];
  frames = [];
  await pass(page, 2_000);
  const told = `${whenHidden} ${String(seed)}: ${tales.join(' ')}`;
  expect([told, seenWhileHidden]).toEqual([told, []]);
  expect([told, [...ran].sort((a, b) => a - b)]).toEqual([told, asked.map((_, call) => call)]);
  expect([told, frames.length > 90, Math.max(...frames)]).toEqual([told, true, 20]);
  void reactor.stop();
  await pass(page, 100);
  expect([told, reactor.state, page.outstanding]).toEqual([told, 'stopped', 0]);
}

describe('random lives of a page', () => {
  it.each(['run', 'throttle', 'pause'] as const)(
    'B4, B5, B8, B9, B18: whenHidden %s: no frame callback while it is hidden, then regular frames; each call runs once; a stop leaves nothing',
    async (whenHidden) => {
      for (let seed = 1; seed <= 50; seed++) await live(whenHidden, seed);
    },
  );
});
