/**
 * The clients of the topic `http` (P14): 40 keep-alive connections, each as fast as it can. Its parent sends `{ port, warmUpMs, ms }`. It answers
 * `measuring` after the warm-up, and `{ requests, ms, p50, p99 }` at the end. It uses sockets directly: a client of `node:http` would use more CPU
 * time than the server that is measured.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from '../harness/measure.mjs';

const CONNECTIONS = 40;
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** Sends the next request when an answer is complete. All answers have as many bytes as the first one. */
async function client(port, state) {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  socket.write(REQUEST);
  const [first] = await once(socket, 'data');
  if (!first.toString('latin1').endsWith('\r\n\r\nhello\n')) throw new Error(`not an answer: ${first}`);
  let missing = first.length;
  let since = performance.now();
  socket.on('data', (chunk) => {
    missing -= chunk.length;
    if (missing > 0) return;
    if (missing < 0) throw new Error(`an answer of another length: ${chunk}`);
    const now = performance.now();
    if (state.isMeasuring) state.latencies.push(now - since);
    missing = first.length;
    since = now;
    socket.write(REQUEST);
  });
  socket.write(REQUEST);
  return socket;
}

async function measure({ port, warmUpMs, ms }) {
  const state = { isMeasuring: false, latencies: [] };
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => client(port, state)));
  await wait(warmUpMs);
  process.send('measuring');
  state.isMeasuring = true;
  const since = performance.now();
  await wait(ms);
  state.isMeasuring = false;
  const took = performance.now() - since;
  const { latencies } = state;
  process.send({
    requests: latencies.length,
    ms: took,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  });
  await once(process, 'message'); // the parent has read the CPU time of the server, so it doesn't contain the cost of closing
  for (const socket of sockets) socket.destroy();
}

process.on('disconnect', () => process.exit());
process.send('ready');
for (;;) {
  const [message] = await once(process, 'message');
  await measure(message);
}
