import { dispose } from './dispose.ts';

/** What was registered with a page, or for its frames. Disposing forgives: there may be nothing left to remove. */
export interface PageHandle extends Disposable {
  /** Takes it out, at once; `false` when there was nothing to remove. */
  remove(): boolean;
}

/** A handle whose `remove` is called once. */
export function pageHandle(remove: () => void): PageHandle {
  let isThere = true;
  const handle = {
    remove: () => {
      const wasThere = isThere;
      isThere = false;
      if (wasThere) remove();
      return wasThere;
    },
  };
  return Object.assign(handle, { [dispose]: handle.remove });
}
