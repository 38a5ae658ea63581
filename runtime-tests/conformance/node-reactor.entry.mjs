/** The conformance kit on a NodeReactor in Node or Bun. Prints its report. */
import { NodeReactor } from '@triphase/node-reactor';
import { reactorConformance } from '@triphase/testing';
import { runTests } from './run-tests.mjs';

const report = await runTests((runner) =>
  reactorConformance(runner, {
    name: 'NodeReactor',
    create: (options) => new NodeReactor({ ...options, signals: false }),
  }),
);
console.log(`tests: ${JSON.stringify(report)}`);
