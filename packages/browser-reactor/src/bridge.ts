import { checkKeys, HostMissingError } from '@triphase/core';
import { missingFrom, takeBrowserHost, type BrowserHost } from './browser-host.ts';
import { dispose } from './dispose.ts';
import type { PageChange } from './page-events.ts';
import { pageHandle, type PageHandle } from './page-handle.ts';
import { isHidden, watchPage } from './page-life.ts';

/** What goes over the bridge; other messages between page and worker do not have the key. */
interface BridgeMessage {
  readonly triphase: PageChange;
}

/**
 * Tells a worker what happens to this page, until the handle is removed, so that the worker's reactor fires `hidden`, `visible`, `suspend`,
 * `resume` and `shutdown` too, and so that it follows its option `whenHidden`. Without a bridge a worker does not know that its page is
 * hidden, and its frames go on (B7). A page that is hidden already says so at once.
 *
 * Each is one message with the single key `triphase`, which the worker's own listeners see as well. `worker` may be whatever has a
 * `postMessage`, such as a port. Throws `HostMissingError` where there is no page.
 *
 * @example
 * const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
 * bridgePage(worker);
 */
export function bridgePage(
  worker: { postMessage(message: unknown): void },
  options: { readonly host?: Partial<BrowserHost> } = {},
): PageHandle {
  checkKeys(options, ['host'], 'bridgePage()');
  const { window, document } = takeBrowserHost(options.host) ?? {};
  if (window === undefined || document === undefined) {
    throw new HostMissingError(
      `bridgePage() must be called on a page, and this is not one (no ${missingFrom(options.host)}): call it on the page`,
    );
  }
  const tell = (triphase: PageChange): void => {
    worker.postMessage({ triphase } satisfies BridgeMessage);
  };
  if (isHidden(document)) tell({ type: 'hidden', persisted: false, terminal: false });
  const watch = watchPage({ window, document }, tell);
  return pageHandle(() => {
    watch[dispose]();
  });
}

/** The other end, in the worker: hears what the bridge tells, and nothing else, until it is disposed. */
export function hearBridge(worker: EventTarget, hear: (change: PageChange) => void): Disposable {
  const onMessage = (event: Event): void => {
    const { data } = event as MessageEvent<Partial<BridgeMessage> | null | undefined>; // as: whatever anybody posts
    const change = data?.triphase;
    if (isPageChange(change)) hear(change);
  };
  worker.addEventListener('message', onMessage);
  return {
    [dispose]: () => {
      worker.removeEventListener('message', onMessage);
    },
  };
}

const TYPES: readonly unknown[] = ['hidden', 'visible', 'suspend', 'resume', 'shutdown'] satisfies PageChange['type'][];

function isPageChange(change: Partial<PageChange> | undefined): change is PageChange {
  return TYPES.includes(change?.type);
}
