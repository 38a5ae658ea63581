/** A primary that runs `triphase.mjs` with `runCluster`. */
import { runCluster } from '@triphase/node-reactor/cluster';
import { join } from 'node:path';

await runCluster(join(import.meta.dirname, 'triphase.mjs'), {
  workers: Number(process.env.WORKERS),
  setup: (primary) => {
    primary.on('startup', { after: () => console.log('ready') });
  },
});
