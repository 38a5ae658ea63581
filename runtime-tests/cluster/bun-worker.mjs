/** The program of the workers on Bun. Each worker opens its own socket on the same port. */
import { runService } from '@triphase/node-reactor';
import { serveBun } from '@triphase/node-reactor/http';
import { readFileSync } from 'node:fs';

const { PORT, DEPLOYED } = process.env;
const { version, fault } = JSON.parse(readFileSync(DEPLOYED, 'utf8'));
if (fault === 'crashes') {
  console.error('the new version has a bug');
  process.exit(3);
}
await runService((app) => {
  app.use(serveBun(() => new Response(version), { port: Number(PORT), reusePort: true, probes: false }));
  app.on('startup', { after: () => console.log(`${version} runs ${process.pid}`) });
});
