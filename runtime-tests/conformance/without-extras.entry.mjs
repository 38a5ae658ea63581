/** The conformance kit on the reactor of `triphase`, with only the globals that every host has (D10). Prints its report. */
import './without-extras.mjs';
import { reactorConformance } from '@triphase/testing';
import { createReactor } from 'triphase';
import { runTests } from './run-tests.mjs';

const report = await runTests((runner) =>
  reactorConformance(runner, {
    name: 'the reactor of triphase on other hosts',
    create: (options) => createReactor(options),
    capabilities: { keepAlive: false, signals: false },
  }),
);
console.log(`tests: ${JSON.stringify(report)}`);
