/** Makes globals for the tests: `runs`, the reactors of a page, and `held()`, the number of their listeners, frames and timed calls. */
import { BrowserReactor } from '@triphase/browser-reactor';

const { run } = BrowserReactor.prototype;
/** Every reactor that was run, with the promise of its run. */
const runs = [];
BrowserReactor.prototype.run = function (...args) {
  const result = run.apply(this, args);
  runs.push({ reactor: this, result });
  return result;
};

const types = ['visibilitychange', 'pagehide', 'pageshow', 'freeze', 'resume', 'readystatechange', 'beforeunload'];
const { addEventListener, removeEventListener } = EventTarget.prototype;
let listeners = [];
EventTarget.prototype.addEventListener = function (type, listener, ...rest) {
  if (types.includes(type)) listeners.push({ target: this, type, listener });
  return addEventListener.call(this, type, listener, ...rest);
};
EventTarget.prototype.removeEventListener = function (type, listener, ...rest) {
  const isIt = (other) => other.target === this && other.type === type && other.listener === listener;
  listeners = listeners.filter((other) => !isIt(other));
  return removeEventListener.call(this, type, listener, ...rest);
};

const { requestAnimationFrame, cancelAnimationFrame } = globalThis;
const frames = new Set();
globalThis.requestAnimationFrame = (callback) => {
  const handle = requestAnimationFrame((time) => {
    frames.delete(handle);
    callback(time);
  });
  frames.add(handle);
  return handle;
};
globalThis.cancelAnimationFrame = (handle) => {
  frames.delete(handle);
  cancelAnimationFrame(handle);
};

Object.assign(globalThis, {
  runs,
  states: () => runs.map(({ reactor }) => reactor.state),
  held: () => ({
    listeners: listeners.length,
    frames: frames.size,
    timed: runs.flatMap(({ reactor }) => reactor.getDelayedCalls()).length,
  }),
});
