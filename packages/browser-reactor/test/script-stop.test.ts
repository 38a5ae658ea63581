import { describe, expect, it } from '@jest/globals';
import { scriptStop } from '../src/script-stop.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0';
const WEBKIT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/60.5 Safari/605.1.15';

/** A window whose clock advances by `step` milliseconds each time it is read. */
function windowOf(userAgent: string, step = 1): { window: Partial<Window>; waited: () => number } {
  let time = 0;
  const performance = { now: () => (time += step) } as Performance;
  return { window: { performance, navigator: { userAgent } as Navigator }, waited: () => time };
}

function pagehide(persisted: boolean): PageTransitionEvent {
  return Object.assign(new Event('pagehide'), { persisted });
}

describe('scriptStop, which keeps Firefox from stopping a script', () => {
  it('B12: waits 11 ms in the pagehide of a page that is closed', () => {
    const { window, waited } = windowOf(FIREFOX);
    scriptStop(window)?.(pagehide(false));
    expect(waited()).toBe(11);
  });

  it('B12: counts ticks of the clock, not the time in which the thread did not run', () => {
    const { window, waited } = windowOf(FIREFOX, 4);
    scriptStop(window)?.(pagehide(false));
    expect(waited()).toBe(11 * 4);
  });

  it('B12: waits for one tick of a coarse clock', () => {
    const { window, waited } = windowOf(FIREFOX, 100);
    scriptStop(window)?.(pagehide(false));
    expect(waited()).toBe(2 * 100);
  });

  it('B12: counts fractions of a millisecond if the clock has them', () => {
    const { window, waited } = windowOf(FIREFOX, 0.25);
    scriptStop(window)?.(pagehide(false));
    expect(waited()).toBe(10.25);
  });

  it('B12: does not wait if the page goes into the cache', () => {
    const { window, waited } = windowOf(FIREFOX);
    scriptStop(window)?.(pagehide(true));
    expect(waited()).toBe(0);
  });

  it('B12: waits once for all reactors of a page', () => {
    const { window, waited } = windowOf(FIREFOX);
    const event = pagehide(false);
    scriptStop(window)?.(event);
    scriptStop(window)?.(event);
    expect(waited()).toBe(11);
  });

  it.each([
    { name: 'another engine', window: windowOf(WEBKIT).window },
    { name: 'a host without a name', window: {} },
    { name: 'a host without a window', window: undefined },
  ])('B12: does not listen in $name', ({ window }) => {
    expect(scriptStop(window)).toBeUndefined();
  });
});
