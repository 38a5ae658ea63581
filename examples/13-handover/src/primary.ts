// The process that stays while its workers are replaced. Its arguments are the program of the workers, and their number.
import { runCluster } from '@triphase/node-reactor/cluster';

await runCluster(String(process.argv[2]), {
  workers: Number(process.argv[3]),
  setup: (primary) => {
    primary.on('startup', { after: () => console.log('ready') });
  },
});
