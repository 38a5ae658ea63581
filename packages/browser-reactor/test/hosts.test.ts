import { afterEach, describe, expect, it } from '@jest/globals';
import { BrowserReactor, bridgePage, type BrowserHost } from '@triphase/browser-reactor';
import { every } from '@triphase/core';
import { fakeHost, type FakeHost } from '@triphase/testing';
import { drain, fakePage, keepBusy, running, started, type Page } from './page.ts';

/** Sets properties of the global object until the test is over. */
function setGlobals(properties: object): void {
  for (const name of Object.keys(properties)) {
    const own = Object.getOwnPropertyDescriptor(globalThis, name);
    restores.push(() => {
      if (own === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, own);
    });
  }
  Object.assign(globalThis, properties);
}
const restores: (() => void)[] = [];
afterEach(() => {
  for (const restore of restores.splice(0).reverse()) restore();
});

/** The global properties of a page, from a fake host. */
function globalsOf(host: FakeHost): Record<string, unknown> {
  // as: a fake host has what a browser has, whatever its type says.
  const { window, document, setTimeout, clearTimeout, requestAnimationFrame, cancelAnimationFrame, MessageChannel } =
    host as unknown as Record<string, unknown>;
  const performance = { now: host.now };
  return {
    window,
    document,
    setTimeout,
    clearTimeout,
    requestAnimationFrame,
    cancelAnimationFrame,
    MessageChannel,
    performance,
  };
}

/** Marks a function as fake, as `@sinonjs/fake-timers` does. */
const fake = (fn: unknown): unknown =>
  Object.assign((...args: unknown[]): unknown => Reflect.apply(fn as () => unknown, undefined, args), { clock: {} });

describe('on a host without MessageChannel', () => {
  it('B19: the rest of a slice runs by timers of 0 ms, one at a time', async () => {
    const page = fakePage();
    setGlobals({ ...globalsOf(page), MessageChannel: undefined });
    const reactor = new BrowserReactor({ maxBatch: 10 });
    void reactor.run();
    await page.runMicrotasks();
    const ran: number[] = [];
    for (let n = 0; n < 30; n++) reactor.callSoon(() => ran.push(n));
    page.runFrame();
    const { outstanding } = page;
    for (const length of [20, 30]) {
      page.advance(1);
      expect([ran.length, page.outstanding <= outstanding]).toEqual([length, true]);
    }
    reactor.crash();
    expect(page.outstanding).toBe(0);
  });

  it.each([true, false])(
    'B19: calls in a hidden page and on a page without frames run by timers, too (isHidden: %s)',
    async (isHidden) => {
      const page = fakePage();
      setGlobals({ ...globalsOf(page), MessageChannel: undefined });
      const reactor = new BrowserReactor({ whenHidden: 'run' });
      void reactor.run();
      await page.runMicrotasks();
      if (isHidden) page.hide();
      const { ran } = keepBusy(reactor);
      page.advance(250);
      expect(ran.length).toBeGreaterThan(20);
      reactor.crash();
      expect(page.outstanding).toBe(0);
    },
  );
});

describe('with fake timers', () => {
  it('B19: frames and messages of the real host start no turn', async () => {
    const page = fakePage();
    const globals = globalsOf(page);
    setGlobals({ ...globals, setTimeout: fake(globals['setTimeout']) });
    const reactor = new BrowserReactor();
    void reactor.run();
    await page.runMicrotasks();
    const { ran } = keepBusy(reactor);
    reactor.onFrame(() => ran.push(-1));
    const handle = every(reactor, 0, () => ran.push(-2));
    for (let n = 0; n < 10; n++) drain(page);
    expect(ran).toEqual([]);
    expect([page.calls['requestAnimationFrame'], page.calls['MessageChannel']]).toEqual([undefined, undefined]);
    page.advance(3);
    expect(ran.filter((n) => n >= 0).length).toBe(3);
    handle.stop();
    reactor.crash();
    expect(page.outstanding).toBe(0);
  });

  it('B19: frames start turns if they are fake, too', async () => {
    const page = fakePage();
    const globals = globalsOf(page);
    const requestAnimationFrame = fake(globals['requestAnimationFrame']);
    setGlobals({ ...globals, setTimeout: fake(globals['setTimeout']), requestAnimationFrame });
    const reactor = new BrowserReactor();
    void reactor.run();
    await page.runMicrotasks();
    const { ran } = keepBusy(reactor);
    page.runFrame();
    expect(ran).toEqual([0]);
    page.deliverMessages();
    expect(ran).toEqual([0]);
    page.advance(1);
    expect(ran).toEqual([0, 1]);
  });

  it('B19: functions of the option host are used even if they are fake', () => {
    const page = fakePage();
    const setTimeout = fake(page.setTimeout) as BrowserHost['setTimeout'];
    const { ran } = keepBusy(started(Object.assign(page, { setTimeout })));
    page.runFrame();
    page.deliverMessages();
    expect(ran).toEqual([0, 1]);
  });
});

describe('HostMissingError', () => {
  it.each([
    { globals: {}, message: 'no window, document, WorkerGlobalScope' },
    { globals: { window: {} }, message: 'no document, WorkerGlobalScope' },
    { globals: { document: {} }, message: 'no window, WorkerGlobalScope' },
  ])('B19: on a host that has $globals it says: $message', ({ globals, message }) => {
    setGlobals(globals);
    const reactor = new BrowserReactor();
    expect(() => reactor.run()).toThrow(message);
    expect(() => reactor.send('/')).toThrow(message);
    expect(() => bridgePage({ postMessage: () => undefined })).toThrow(message);
  });

  it('B19: the message does not name what the option host gives', () => {
    const { document } = fakeHost() as unknown as Required<BrowserHost>; // as: a fake host has what a browser has
    expect(() => new BrowserReactor({ host: { document } }).run()).toThrow('no window, WorkerGlobalScope');
  });
});

describe('the channel of a reactor', () => {
  const ports = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;

  /** A page whose messages are those of Node. */
  const withRealChannel = (page: Page): Page => Object.assign(page, { MessageChannel });

  it('B20: keeps Node alive only while a message is outstanding', async () => {
    const page = withRealChannel(fakePage());
    const reactor = await running(page, { whenHidden: 'run' });
    page.hide();
    const before = ports();
    const held: number[] = [];
    for (let n = 0; n < 3; n++) {
      const called: Promise<void> = new Promise((resolve) => {
        reactor.callSoon(() => {
          held.push(ports());
          resolve();
        });
      });
      held.push(ports());
      await called;
    }
    reactor.crash(); // before the expectations: an open channel would keep this process alive
    expect(held).toEqual([1, 0, 1, 0, 1, 0].map((more) => before + more));
    await new Promise(setImmediate);
    expect(ports()).toBe(before);
  });
});
