// The process that stays: its workers are replaced. `current` is a link to the newest version, as deploys make it.
import { runCluster } from '@triphase/node-reactor/cluster';

await runCluster(String(process.argv[2]), {
  workers: Number(process.argv[3]),
  setup: (primary) => {
    primary.on('startup', { after: () => console.log('ready') });
  },
});
