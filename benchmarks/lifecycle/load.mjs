/** The scenarios of bench:lifecycle under load: 20 clients use a program, and it is stopped. A run returns `{ broken, errors, answered, … }`. */
import { stopUnderLoad } from '../../scripts/http-load.mjs';
import { outcome } from './app.mjs';
import { commandOf } from './peers.mjs';

/**
 * A program that still runs after this time is killed: busy clients can keep a server alive forever. Longer than the longest limit of a peer, which is
 * 10 s. Milliseconds.
 */
const LIMIT_MS = 12_000;

const underLoad =
  (options) =>
  async (peer, { quick }) => {
    const limitMs = quick ? 1_000 : LIMIT_MS;
    const result = await stopUnderLoad(commandOf(peer), { clients: 20, before: 200, limitMs, ...options });
    const { answered, broken, errors } = result;
    return { answered, broken, errors, ...outcome({ ...result, limitMs }) };
  };

export const LOAD_SCENARIOS = [
  {
    key: 'keep-alive load',
    runs: 20,
    isAlone: true,
    run: underLoad({ keepAlive: true }),
  },
  {
    key: 'new connections',
    runs: 20,
    isAlone: true,
    run: underLoad({ keepAlive: false }),
  },
  {
    key: 'with a database',
    runs: 5,
    isAlone: true,
    run: underLoad({ keepAlive: true, env: { DATABASE: '1' } }),
  },
];
