import { dispose } from './dispose.ts';

/** Removes what was registered with a page, or for its frames. Disposing it again is no error. */
export interface PageHandle extends Disposable {
  /** Takes it out, at once; `false` when there was nothing to remove. */
  remove(): boolean;
}

/** A handle whose `remove` is called once. */
export function pageHandle(remove: () => void): PageHandle {
  let isRegistered = true;
  const handle = {
    remove: () => {
      const wasRegistered = isRegistered;
      isRegistered = false;
      if (wasRegistered) remove();
      return wasRegistered;
    },
  };
  return Object.assign(handle, { [dispose]: handle.remove });
}
