/** What the tests want to know of a page: what `watch.js` of the recipes tells, and which frame callbacks are registered. */
import { BrowserReactor } from '@triphase/browser-reactor';
import '../recipes/project/watch.js';

const callbacks = new Set();
const { onFrame } = BrowserReactor.prototype;
BrowserReactor.prototype.onFrame = function (...args) {
  const handle = onFrame.apply(this, args);
  callbacks.add(handle);
  const { remove } = handle;
  handle.remove = () => {
    callbacks.delete(handle);
    return remove();
  };
  return handle;
};
Object.assign(globalThis, { callbacks });
