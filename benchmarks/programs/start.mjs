/**
 * The program of P16, in the topic `service`: prints the CPU time of this process in milliseconds when a small service listens. With the argument
 * `bare` the service uses Node alone, otherwise it is the quick start.
 */
import { createServer } from 'node:http';

const openDatabase = () => ({ isOpen: true });
const handle = (_request, response) => response.end('hello\n');

/** Both services call it on `listening`. Prints the figure, then stops the service as a supervisor does. */
function reportAndStop() {
  const { user, system } = process.cpuUsage();
  console.log((user + system) / 1e3);
  process.kill(process.pid, 'SIGTERM');
}

if (process.argv[2] === 'bare') {
  openDatabase();
  const server = createServer(handle);
  process.once('SIGTERM', () => server.close());
  server.once('listening', reportAndStop).listen(0);
} else {
  const { resource } = await import('@triphase/core');
  const { runService } = await import('@triphase/node-reactor');
  const { serveHttp } = await import('@triphase/node-reactor/http');
  await runService((app) => {
    const database = app.use(resource('db', openDatabase, () => undefined));
    const server = createServer(handle).once('listening', reportAndStop);
    app.use(serveHttp(server, { port: 0, needs: [database] }));
  });
}
