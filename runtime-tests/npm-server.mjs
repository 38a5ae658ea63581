import { setTimeout as sleep } from 'node:timers/promises';
import { endGroup, spawnGroup } from './engines/process-groups.mjs';

/** Time limit for an answer or for output, on a busy machine. Milliseconds. */
const LIMIT_MS = 60_000;

/**
 * Runs `npm` with these arguments, as a server at `address`. Resolves when the server answers, with
 * `{ url, lines(), clear(), until(condition, what), close() }`. `lines()` is what it has printed since `clear()`, `until` waits for a condition, and
 * `close` ends the server with all of its processes.
 */
export async function startNpmServer({ cwd, args, address }) {
  const child = spawnGroup('npm', args, { cwd }); // its stdin stays open, since esbuild serves until stdin ends
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const url = `http://${address}/`;
  const close = () => endGroup(child.pid);
  const until = async (condition, what) => {
    const limit = AbortSignal.timeout(LIMIT_MS);
    while (!(await condition())) {
      if (limit.aborted || child.exitCode !== null) throw new Error(`${what} never came: ${output}`);
      await sleep(20);
    }
  };
  try {
    await until(() => fetch(url, { method: 'HEAD' }).then(dropBody, () => false), 'an answer');
  } catch (error) {
    close();
    throw error;
  }
  const lines = () => output.split('\n').filter(Boolean);
  const clear = () => {
    output = '';
  };
  return { url, lines, clear, until, close };
}

async function dropBody({ body }) {
  await body?.cancel();
  return true;
}
