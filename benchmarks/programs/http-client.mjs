/**
 * The clients of the topics `fairness` and `deno`: four connections, each with one request after the other and pauses of 2 ms. Its parent sends
 * `{ seconds }`, and gets the latency of each request in milliseconds. The argument is the port.
 */
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

const CONNECTIONS = 4;
const port = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

async function request() {
  const since = performance.now();
  const [response] = await once(get({ port, host: '127.0.0.1', agent }), 'response');
  await once(response.resume(), 'end');
  return performance.now() - since;
}

// Connects and warms up before it measures.
await Promise.all(Array.from({ length: CONNECTIONS }, request));
for (let i = 0; i < 200; i++) await request();
const told = once(process, 'message');
process.send('ready');
const [{ seconds }] = await told;

const latencies = [];
const end = performance.now() + seconds * 1e3;
const user = async () => {
  while (performance.now() < end) {
    latencies.push(await request());
    await wait(2);
  }
};
await Promise.all(Array.from({ length: CONNECTIONS }, user));
process.send(latencies, () => {
  agent.destroy();
  process.disconnect();
});
