// Runs a command, restarts it when it ends, and leaves none of its processes behind: npm start -- node server.mjs
import { runService } from '@triphase/node-reactor';
import { childProcess } from './child-process.ts';

const [command = 'sleep', ...args] = process.argv.slice(2);

await runService((app) => {
  const grace = Number(process.env['GRACE_MS'] ?? 5_000);
  app.use(childProcess(command, command, args, { grace, restart: { delay: 500, giveUpAfter: 3 } }));
  app.on('startup', { after: () => console.log('ready') });
});
