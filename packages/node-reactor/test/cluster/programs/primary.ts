import { runCluster, type ClusterOptions } from '@triphase/node-reactor/cluster';
import cluster from 'node:cluster';
import { join } from 'node:path';

/** The primary of the tests. `CLUSTER` holds its options as JSON. */
const options = JSON.parse(process.env['CLUSTER'] ?? '{}') as ClusterOptions;
const { MAIN, SETUP } = process.env;
const result = await runCluster(MAIN ?? join(import.meta.dirname, 'worker.mjs'), {
  ...options,
  setup: (primary) => {
    primary.on('startup', { after: () => console.log('running') });
    if (SETUP === 'throws') throw new Error('the setup has a bug');
    if (SETUP === 'throws later')
      primary.on('startup', {
        after: () =>
          void setTimeout(() => {
            throw new Error('the primary has a bug');
          }, 50),
      });
    if (SETUP === 'forks') {
      cluster.setupPrimary({ exec: join(import.meta.dirname, 'plain.mjs'), args: [] });
      cluster.fork();
    }
    if (SETUP === 'two clusters')
      primary.on('startup', {
        after: () =>
          void runCluster(join(import.meta.dirname, 'worker.mjs')).catch((error: unknown) =>
            console.log(String(error)),
          ),
      });
  },
});
console.log(`over: ${result.reason.kind}`);
