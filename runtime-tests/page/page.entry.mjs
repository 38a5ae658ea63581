/** The module of the test pages: it makes globals of all that the tests use inside a page. */
import { BrowserReactor, bridgePage } from '@triphase/browser-reactor';
import { HostMissingError, at, cooperate, every, scaledClock, sleep } from '@triphase/core';
import { DenoReactor } from '@triphase/deno-shim';
import { answerAsks, askThrough } from './ask.mjs';
import { Journal } from './journal.mjs';

/** Counts the calls of the functions by which a reactor requests turns. */
const calls = { requestAnimationFrame: 0, cancelAnimationFrame: 0, postMessage: 0, setTimeout: 0 };
const { setTimeout: uncountedSetTimeout } = globalThis;
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

/** Waits in real time, for tests whose subject is time. */
const pass = (ms) => new Promise((resolve) => uncountedSetTimeout.call(globalThis, resolve, ms));

/** Resolves when the reactor runs. */
const running = (reactor) => new Promise((resolve) => reactor.callWhenRunning(resolve));

async function startReactor(options) {
  const reactor = new BrowserReactor(options);
  void reactor.run();
  await running(reactor);
  return reactor;
}

/** Sends a numbered beacon to the mailbox of this test. The number shows the order in which they were sent, since they can arrive in another. */
const beacon = (text) => navigator.sendBeacon('/beacon', `${++beacons} ${text}`);
let beacons = 0;

Object.assign(globalThis, {
  ...{ BrowserReactor, DenoReactor, HostMissingError, Journal, answerAsks, askThrough },
  ...{ at, beacon, bridgePage, calls, cooperate, every, pass, running, scaledClock, sleep, startReactor },
});
