import { describe, expect, it } from '@jest/globals';
import { BrowserReactor } from '@triphase/browser-reactor';
import { fakePage, keepBusy, running, started, workerOf, type Page } from './page.ts';

/** Emits `beforeunload`. Gives whether the browser would ask the user. */
function asksBeforeLeaving(page: Page): boolean {
  const event = { type: 'beforeunload', defaultPrevented: false, returnValue: '' as unknown, preventDefault };
  function preventDefault(): void {
    event.defaultPrevented = true;
  }
  // as: a fake host has a window, whatever its type says.
  (page as unknown as { window: { dispatchEvent(event: object): void } }).window.dispatchEvent(event);
  expect(event.returnValue !== '').toBe(event.defaultPrevented); // older browsers read returnValue, newer ones defaultPrevented
  return event.defaultPrevented;
}

describe('addLeaveGuard', () => {
  it('B10: the browser asks if at least one guard returns true', async () => {
    const page = fakePage();
    const reactor = await running(page);
    let isDirty = false;
    reactor.addLeaveGuard(() => isDirty);
    reactor.addLeaveGuard(() => false);
    expect(asksBeforeLeaving(page)).toBe(false);
    isDirty = true;
    expect(asksBeforeLeaving(page)).toBe(true);
  });

  it('B10: the reactor listens to beforeunload only while there is a guard', async () => {
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

  it('B10: the reactor listens to beforeunload only while it runs', async () => {
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

  it('B10: a reactor without a guard does not listen to unload or beforeunload', async () => {
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

  it('C48: an error of a guard is reported and counts as false; the next guard is called', async () => {
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

  it('B10: a guard that removes itself is called once', async () => {
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

  it('B14: a guard can be registered on any host; in a worker it is never called', () => {
    expect(new BrowserReactor().addLeaveGuard(() => true).remove()).toBe(true);
    const page = fakePage();
    const reactor = new BrowserReactor({ host: workerOf(page) });
    void reactor.run();
    const guard = reactor.addLeaveGuard(() => true);
    expect([page.outstanding, guard.remove()]).toEqual([0, true]);
  });

  it('B10: a guard that is no function is refused', () => {
    // as: callers without types pass anything
    expect(() => started(fakePage()).addLeaveGuard(true as unknown as () => boolean)).toThrow(TypeError);
  });
});
