/** P16: prints the CPU time of this process, in milliseconds, once a small service listens: `bare`, or the quick start. */
import { createServer } from 'node:http';

const openDatabase = () => ({ isOpen: true });
const handle = (_request, response) => response.end('hello\n');

/** Both programs call it on `listening`: it stops them as a supervisor would. */
function tell() {
  const { user, system } = process.cpuUsage();
  console.log((user + system) / 1e3);
  process.kill(process.pid, 'SIGTERM');
}

if (process.argv[2] === 'bare') {
  openDatabase();
  const server = createServer(handle);
  process.once('SIGTERM', () => server.close());
  server.once('listening', tell).listen(0);
} else {
  const { resource } = await import('@triphase/core');
  const { runService } = await import('@triphase/node-reactor');
  const { serveHttp } = await import('@triphase/node-reactor/http');
  await runService((app) => {
    const database = app.use(resource('db', openDatabase, () => undefined));
    const server = createServer(handle).once('listening', tell);
    app.use(serveHttp(server, { port: 0, needs: [database] }));
  });
}
