/** The conformance kit on a DenoReactor in Deno. Prints its report. */
import { DenoReactor } from '@triphase/deno-shim';
import { reactorConformance } from '@triphase/testing';
import { runTests } from './run-tests.mjs';

const report = await runTests((runner) =>
  reactorConformance(runner, {
    name: 'DenoReactor',
    create: (options) => new DenoReactor({ exitCode: false, ...options }),
  }),
);
console.log(`tests: ${JSON.stringify(report)}`);
