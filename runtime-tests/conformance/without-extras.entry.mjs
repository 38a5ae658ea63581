import './without-extras.mjs';
import { reactorConformance } from '@triphase/testing';
import { RequestReactor } from '../../examples/08-edge/src/request-reactor.ts';
import { runTests } from './run-tests.mjs';

const report = await runTests((runner) =>
  reactorConformance(runner, {
    name: 'RequestReactor',
    create: (options) => new RequestReactor(options),
    capabilities: { keepAlive: false, signals: false },
  }),
);
console.log(`tests: ${JSON.stringify(report)}`);
