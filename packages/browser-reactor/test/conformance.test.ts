import { describe, expect, it } from '@jest/globals';
import { BrowserReactor } from '@triphase/browser-reactor';
import { reactorConformance } from '@triphase/testing';

/** Makes this Node a page whose frames come as often as those of a screen: its timers, clock and messages are the real ones. */
function becomePage(): void {
  const { setTimeout, clearTimeout, performance } = globalThis;
  const now = performance.now.bind(performance); // the kit replaces what the global object has
  const frames: Map<number, NodeJS.Timeout> = new Map();
  let last = 0;
  Object.assign(globalThis, {
    window: new EventTarget(),
    document: Object.assign(new EventTarget(), { visibilityState: 'visible', readyState: 'complete' }),
    requestAnimationFrame: (callback: (time: number) => void) => {
      const handle = ++last;
      const run = (): void => {
        frames.delete(handle);
        callback(now());
      };
      frames.set(handle, setTimeout(run, 16));
      return handle;
    },
    cancelAnimationFrame: (handle: number) => {
      clearTimeout(frames.get(handle));
      frames.delete(handle);
    },
  });
}

becomePage();
reactorConformance(
  { describe, it, expect },
  {
    name: 'BrowserReactor on a page in Node',
    create: (options) => new BrowserReactor(options),
    capabilities: { keepAlive: false, signals: false },
  },
);
