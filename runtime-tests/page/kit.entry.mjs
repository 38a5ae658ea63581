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
// The driver asks a window for it; a worker tells its page.
if (isPage) globalThis.report = report;
else postMessage(await report);
