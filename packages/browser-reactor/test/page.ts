import type { BrowserHost, BrowserReactorOptions } from '@triphase/browser-reactor';
import { BrowserReactor } from '@triphase/browser-reactor';
import { fakeHost, type FakeHost } from '@triphase/testing';

/** A fake page. Its methods are what a user or a browser does with it. */
export interface Page extends FakeHost {
  hide(): void;
  show(): void;
  /** The page goes into the back/forward cache, as in all three engines: `pagehide` comes while it is still visible. */
  leave(): void;
  /** The page comes back from the cache, with the events in the order of all three engines. */
  comeBack(): void;
  /** Only the event `pagehide` of a page that goes into the cache. */
  pagehide(): void;
  /** Only the event `pageshow` of a page that comes from the cache. */
  pageshow(): void;
  /** The page is closed, or left without the cache. */
  close(): void;
  /** Chromium freezes a hidden tab, or a page that goes into the cache. */
  freeze(): void;
  /** Chromium's `resume` of a frozen page. */
  unfreeze(): void;
  /** Advances the clock, but no timer, as Firefox does with a page in the cache. */
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

/** Makes a reactor and runs it. */
export function started(page: FakeHost, options: BrowserReactorOptions = {}): BrowserReactor {
  const reactor = new BrowserReactor({ host: page, ...options });
  void reactor.run();
  return reactor;
}

/** The same; resolves once the start is over. */
export async function running(page: FakeHost, options: BrowserReactorOptions = {}): Promise<BrowserReactor> {
  const reactor = started(page, options);
  await page.runMicrotasks();
  return reactor;
}

/** The host of a worker, made of a fake host; with or without frames. */
export function workerOf(host: FakeHost, frames = true): Partial<BrowserHost> & { readonly worker: EventTarget } {
  const { setTimeout, clearTimeout, now, console } = host;
  // as: a fake host has what a browser has, whatever its type says.
  const { MessageChannel, requestAnimationFrame, cancelAnimationFrame } = host as unknown as Required<BrowserHost>;
  const own = { setTimeout, clearTimeout, now, console, MessageChannel, worker: new EventTarget() };
  return frames ? { ...own, requestAnimationFrame, cancelAnimationFrame } : own;
}

/** Keeps the queue busy: each call queues the next. `ran` gets a number for each call. */
export function keepBusy(reactor: BrowserReactor): { readonly ran: number[] } {
  const ran: number[] = [];
  const call = (): void => {
    ran.push(ran.length);
    reactor.callSoon(call);
  };
  reactor.callSoon(call);
  return { ran };
}

/** Delivers messages and frames three times. No time passes. */
export function drain(host: FakeHost): void {
  for (let n = 0; n < 3; n++) {
    host.deliverMessages();
    host.runFrame();
  }
}

/** Calls methods of a page in order, by their names: `hide freeze show`. */
export function tell(page: Page, story: string): void {
  for (const verb of story.split(' ')) page[verb as 'hide'](); // as: the tests name what there is
}

/** Waits for `count` promise jobs, one after the other. */
export async function hops(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await Promise.resolve();
}

/** Runs one frame, `ms` after the last one. */
export function frame(page: Page, ms = 16): void {
  page.advance(ms);
  page.runFrame();
}
