import { BrowserReactor } from '@triphase/browser-reactor';
import { HostMissingError, sleep } from '@triphase/core';
import { DenoReactor } from '@triphase/deno-shim';

/** The functions that a reactor asks for turns, counted from here on. */
const calls = { requestAnimationFrame: 0, cancelAnimationFrame: 0, postMessage: 0, setTimeout: 0 };
for (const [owner, name] of [
  [globalThis, 'requestAnimationFrame'],
  [globalThis, 'cancelAnimationFrame'],
  [MessagePort.prototype, 'postMessage'],
  [globalThis, 'setTimeout'],
]) {
  const real = owner[name];
  owner[name] = function counted(...args) {
    calls[name] += 1;
    return real.apply(this, args);
  };
}

// What the tests of page-tests.mjs use inside a page.
Object.assign(globalThis, { BrowserReactor, DenoReactor, HostMissingError, calls, sleep });
