import { describe, expect, it } from '@jest/globals';
import { BrowserReactor } from '@triphase/browser-reactor';
import { fakePage, keepBusy, running, started, workerOf, type Page } from './page.ts';

/** The user is about to leave: whether the browser asks. */
function asksBeforeLeaving(page: Page): boolean {
  const event = { type: 'beforeunload', defaultPrevented: false, returnValue: '' as unknown, preventDefault };
  function preventDefault(): void {
    event.defaultPrevented = true;
  }
  // as: a fake host has a window, whatever its type says.
  (page as unknown as { window: { dispatchEvent(event: object): void } }).window.dispatchEvent(event);
  expect(event.returnValue !== '').toBe(event.defaultPrevented); // older browsers look at one, newer at the other
  return event.defaultPrevented;
}

describe('addLeaveGuard', () => {
  it('B10: true asks before leaving, false does not; of several one is enough', async () => {
    const page = fakePage();
    const reactor = await running(page);
    let isDirty = false;
    reactor.addLeaveGuard(() => isDirty);
    reactor.addLeaveGuard(() => false);
    expect(asksBeforeLeaving(page)).toBe(false);
    isDirty = true;
    expect(asksBeforeLeaving(page)).toBe(true);
  });

  it('B10: the page listens to beforeunload while there is a guard, no longer', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const { outstanding } = page;
    const guards = [reactor.addLeaveGuard(() => true), reactor.addLeaveGuard(() => true)];
    expect(page.outstanding).toBe(outstanding + 1);
    expect(guards[0]!.remove()).toBe(true);
    expect(page.outstanding).toBe(outstanding + 1);
    guards[1]![Symbol.dispose]();
    expect([page.outstanding, asksBeforeLeaving(page)]).toEqual([outstanding, false]);
    expect(guards[0]!.remove()).toBe(false);
  });

  it('B10: and while the reactor runs: a guard that is left keeps no listener after the run', async () => {
    const page = fakePage();
    const reactor = new BrowserReactor({ host: page });
    reactor.addLeaveGuard(() => true);
    expect([page.outstanding, asksBeforeLeaving(page)]).toEqual([0, false]);
    void reactor.run();
    expect(asksBeforeLeaving(page)).toBe(true);
    reactor.crash();
    expect([page.outstanding, asksBeforeLeaving(page)]).toEqual([0, false]);
    const late = reactor.addLeaveGuard(() => true);
    expect(page.outstanding).toBe(0);
    void reactor.run();
    late.remove();
    expect(asksBeforeLeaving(page)).toBe(true);
    page.close();
    page.deliverMessages();
    expect(page.outstanding).toBe(0);
  });

  it('B10: a reactor without a guard listens neither to unload nor to beforeunload, idle or busy', async () => {
    const page = fakePage();
    const heard: string[] = [];
    // as: a fake host has a window and a document, whatever its type says.
    const { window, document } = page as unknown as Record<
      'window' | 'document',
      { addEventListener(type: string): void }
    >;
    for (const target of [window, document]) {
      const { addEventListener } = target;
      target.addEventListener = (type, ...rest: []) => {
        heard.push(type);
        addEventListener(type, ...rest);
      };
    }
    const reactor = await running(page);
    keepBusy(reactor);
    reactor.onFrame(() => undefined);
    for (let n = 0; n < 3; n++) page.runFrame();
    expect(heard.sort()).toEqual(['freeze', 'pagehide', 'pageshow', 'resume', 'visibilitychange']);
    reactor.addLeaveGuard(() => false);
    expect(heard.slice(5)).toEqual(['beforeunload']);
  });

  it('C48: one that throws is reported, and keeps nobody on the page; the next is asked', async () => {
    const page = fakePage();
    const reported: unknown[] = [];
    const reactor = await running(page, { onError: (...heard) => reported.push(heard) });
    const broken = reactor.addLeaveGuard(function isDirty(): boolean {
      throw 'broken';
    });
    expect(asksBeforeLeaving(page)).toBe(false);
    expect(reported).toEqual([['broken', { kind: 'host', name: 'isDirty' }]]);
    reactor.addLeaveGuard(() => true);
    expect(asksBeforeLeaving(page)).toBe(true);
    broken.remove();
  });

  it('B10: one that removes itself while it is asked is asked once', async () => {
    const page = fakePage();
    const reactor = await running(page);
    let asked = 0;
    const guard = reactor.addLeaveGuard(() => {
      asked++;
      guard.remove();
      return false;
    });
    for (let n = 0; n < 2; n++) asksBeforeLeaving(page);
    expect(asked).toBe(1);
  });

  it('B14: it can be registered anywhere; in a worker it is never asked', () => {
    expect(new BrowserReactor().addLeaveGuard(() => true).remove()).toBe(true);
    const page = fakePage();
    const reactor = new BrowserReactor({ host: workerOf(page) });
    void reactor.run();
    const guard = reactor.addLeaveGuard(() => true);
    expect([page.outstanding, guard.remove()]).toEqual([0, true]);
  });

  it('B10: what is no function is refused', () => {
    // as: callers without types pass anything
    expect(() => started(fakePage()).addLeaveGuard(true as unknown as () => boolean)).toThrow(TypeError);
  });
});
