import { runCluster, type ClusterOptions } from '@triphase/node-reactor/cluster';
import { join } from 'node:path';

/** The primary of the tests: its options come as JSON. */
const options = JSON.parse(process.env['CLUSTER'] ?? '{}') as ClusterOptions;
const result = await runCluster(join(import.meta.dirname, 'worker.mjs'), {
  ...options,
  setup: (primary) => {
    primary.on('startup', { after: () => console.log('running') });
  },
});
console.log(`over: ${result.reason.kind}`);
