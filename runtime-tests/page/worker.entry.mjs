import { bridgePage } from '@triphase/browser-reactor';
import { createWorkerReactor } from '@triphase/browser-reactor/worker';
import { HostMissingError, sleep } from '@triphase/core';
import { Journal } from './journal.mjs';

// What a page asks its worker: the text of a function, which finds these, and posts back what that gives.
const reactor = createWorkerReactor({ whenHidden: 'pause' });
const journal = new Journal(reactor);
void reactor.run();
Object.assign(globalThis, { HostMissingError, bridgePage, journal, reactor, sleep });

addEventListener('message', async ({ data: { ask, port } }) => {
  if (port === undefined) return;
  try {
    port.postMessage({ value: await new Function(`return (${ask})()`)() });
  } catch (error) {
    port.postMessage({ error: String(error.stack ?? error) });
  }
});
