/** Makes globals for the tests: those of `watch.js` of the recipes, and `callbacks`, the registered frame callbacks. */
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
