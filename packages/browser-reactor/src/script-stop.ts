/**
 * How long to wait until Firefox stops the script. In milliseconds; time in which the machine runs something else doesn't count. It was
 * measured 70 times, in part on a machine with three times the load that it can carry: one stop came later than this.
 */
const RUNNING_MS = 10;

/** The longest wait by the clock, in milliseconds. It counts where the browser makes the clock coarse, which some do against fingerprinting. */
const ELAPSED_MS = 50;

/** The events that were waited in: one wait serves all reactors of a page. */
const waited: WeakSet<Event> = new WeakSet();

/**
 * A listener for `pagehide` that waits until Firefox has stopped it. When a tab is closed and its process is to end with it, Firefox stops
 * the script that runs there: once, within milliseconds, at its next call or loop, with no exception and no `finally`. What runs after that
 * runs to its end. So this goes first, and does nothing until it is stopped, or until no stop comes any more: the triggers of shutdown are
 * called after it (B12). `undefined` in other engines. Source: Firefox's preference `dom.abort_script_on_child_shutdown`.
 */
export function scriptStop({ performance, navigator }: Partial<Window> = {}):
  ((event: PageTransitionEvent) => void) | undefined {
  const isFirefox = /\bGecko\/\d/.test(navigator?.userAgent ?? ''); // others say "like Gecko"
  if (!isFirefox || performance === undefined) return undefined;
  return (event) => {
    if (event.persisted || waited.has(event)) return;
    waited.add(event);
    const start = performance.now();
    let last = start;
    for (let spent = 0; spent < RUNNING_MS && last - start < ELAPSED_MS;) {
      const now = performance.now();
      spent += Math.min(now - last, 1); // a step that is longer is time in which this did not run
      last = now;
    }
  };
}
