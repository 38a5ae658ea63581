import type { BrowserHost, BrowserReactorOptions } from '@triphase/browser-reactor';
import { BrowserReactor } from '@triphase/browser-reactor';
import { fakeHost, type FakeHost } from '@triphase/testing';

/** What happens to a page, natively, in words of what the user does. */
export interface Page extends FakeHost {
  hide(): void;
  show(): void;
  /** Leaves for the back/forward cache, as all three engines do: `pagehide` while the page is still visible. */
  leave(): void;
  /** Comes back, in the order of all three engines. */
  comeBack(): void;
  /** `pagehide` of a page that is kept, and nothing else. */
  pagehide(): void;
  /** `pageshow` of a page that was kept, and nothing else. */
  pageshow(): void;
  /** Leaves for good. */
  close(): void;
  /** Chromium freezes a hidden tab, or a page on its way into the cache. */
  freeze(): void;
  /** Chromium's `resume` of a frozen page. */
  unfreeze(): void;
  /** Time goes by in which no timer comes, and does not count for those that wait: how Firefox keeps a page that is away. */
  skip(ms: number): void;
}

/** A visible page that is loaded, unless `state` says otherwise. */
export function fakePage(state: { readonly visibilityState?: string; readonly readyState?: string } = {}): Page {
  const host = fakeHost();
  host.emit('document', 'made', state);
  const hide = (): void => host.emit('document', 'visibilitychange', { visibilityState: 'hidden' });
  const show = (): void => host.emit('document', 'visibilitychange', { visibilityState: 'visible' });
  const pagehide = (): void => host.emit('window', 'pagehide', { persisted: true });
  const pageshow = (): void => host.emit('window', 'pageshow', { persisted: true });
  let skipped = 0;
  return Object.defineProperties(
    Object.defineProperties({}, Object.getOwnPropertyDescriptors(host)),
    Object.getOwnPropertyDescriptors({
      now: () => host.now() + skipped,
      skip: (ms: number) => {
        skipped += ms;
      },
      hide,
      show,
      pagehide,
      pageshow,
      leave: () => {
        pagehide();
        hide();
      },
      comeBack: () => {
        show();
        pageshow();
      },
      close: () => {
        host.emit('window', 'pagehide', { persisted: false });
        hide();
      },
      freeze: () => host.emit('document', 'freeze'),
      unfreeze: () => host.emit('document', 'resume'),
    }),
  ) as Page; // as: the properties of the host, getters included
}

/** A reactor whose run has begun in this moment. */
export function started(page: FakeHost, options: BrowserReactorOptions = {}): BrowserReactor {
  const reactor = new BrowserReactor({ host: page, ...options });
  void reactor.run();
  return reactor;
}

/** A running reactor, whose start is over for everybody. */
export async function running(page: FakeHost, options: BrowserReactorOptions = {}): Promise<BrowserReactor> {
  const reactor = started(page, options);
  await page.runMicrotasks();
  return reactor;
}

/** A fake host without what a page has: a worker, with frames or without. */
export function workerOf(host: FakeHost, frames = true): Partial<BrowserHost> & { readonly worker: EventTarget } {
  const { setTimeout, clearTimeout, now, console } = host;
  // as: a fake host has what a browser has, whatever its type says.
  const { MessageChannel, requestAnimationFrame, cancelAnimationFrame } = host as unknown as Required<BrowserHost>;
  const own = { setTimeout, clearTimeout, now, console, MessageChannel, worker: new EventTarget() };
  return frames ? { ...own, requestAnimationFrame, cancelAnimationFrame } : own;
}

/** Keeps the queue from running empty: each call makes the next, and counts itself. */
export function keepBusy(reactor: BrowserReactor): { readonly ran: number[] } {
  const ran: number[] = [];
  const call = (): void => {
    ran.push(ran.length);
    reactor.callSoon(call);
  };
  reactor.callSoon(call);
  return { ran };
}

/** Whatever the page is asked for comes, until nothing more does; no time passes. */
export function drain(host: FakeHost): void {
  for (let n = 0; n < 3; n++) {
    host.deliverMessages();
    host.runFrame();
  }
}

/** Things that happen to a page, in order, by name: `hide freeze show`. */
export function tell(page: Page, story: string): void {
  for (const verb of story.split(' ')) page[verb as 'hide'](); // as: the tests name what there is
}

/** So many promise jobs, one after the other. */
export async function hops(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await Promise.resolve();
}
