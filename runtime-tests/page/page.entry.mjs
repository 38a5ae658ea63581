import { BrowserReactor, bridgePage } from '@triphase/browser-reactor';
import { HostMissingError, at, cooperate, every, scaledClock, sleep } from '@triphase/core';
import { DenoReactor } from '@triphase/deno-shim';
import { Journal } from './journal.mjs';

/** The functions that a reactor asks for turns, counted from here on. */
const calls = { requestAnimationFrame: 0, cancelAnimationFrame: 0, postMessage: 0, setTimeout: 0 };
const { setTimeout: uncountedTimeout } = globalThis;
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

/** Real time, where that is the subject. */
const pass = (ms) => new Promise((resolve) => uncountedTimeout.call(globalThis, resolve, ms));

/** Resolves when the reactor runs. */
const running = (reactor) => new Promise((resolve) => reactor.callWhenRunning(resolve));

async function startReactor(options) {
  const reactor = new BrowserReactor(options);
  void reactor.run();
  await running(reactor);
  return reactor;
}

/** Sends a beacon to the mailbox of this test; they are numbered, since they overtake one another on their way. */
const beacon = (text) => navigator.sendBeacon('/beacon', `${++beacons} ${text}`);
let beacons = 0;

// What the tests use inside a page.
Object.assign(globalThis, {
  ...{ BrowserReactor, DenoReactor, HostMissingError, Journal },
  ...{ at, beacon, bridgePage, calls, cooperate, every, pass, running, scaledClock, sleep, startReactor },
});
