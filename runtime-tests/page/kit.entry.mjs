/** The conformance kit on a BrowserReactor, in a window or in a worker. */
import { BrowserReactor } from '@triphase/browser-reactor';
import { reactorConformance } from '@triphase/testing';
import { runTests } from '../conformance/run-tests.mjs';

const isPage = typeof document === 'object';
const report = runTests((runner) =>
  reactorConformance(runner, {
    name: `BrowserReactor in a ${isPage ? 'window' : 'worker'}`,
    create: (options) => new BrowserReactor(options),
    capabilities: { keepAlive: false, signals: false },
  }),
);
// stage.mjs reads the global of the window. A worker posts its report to its page.
if (isPage) globalThis.report = report;
else postMessage(await report);
