/** Starts a worker in real workerd, on a free port. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundle } from '../conformance/bundle.mjs';
import { workerd } from '../conformance/runtimes.mjs';
import { endGroup, spawnGroup } from '../engines/process-groups.mjs';

/** workerd refuses a later date than that of its release. */
const COMPATIBILITY_DATE = '2026-11-17';

/** Time limit for the start of workerd. Milliseconds. */
const START_MS = 60_000;

const config = (services) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "main.mjs", esModule = embed "main.mjs")],
      compatibilityDate = "${COMPATIBILITY_DATE}",
      bindings = [${Object.keys(services).map((name) => `(name = "${name}", service = "${name}")`)}],
    )),
    ${Object.entries(services).map(([name, address]) => `(name = "${name}", external = (address = "${address}", http = ()))`)}
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);`;

/**
 * Starts the worker that `entry` exports. `services` are addresses of HTTP servers, by the names that they have in the `env` of the worker. Resolves
 * with `{ url, output(), close() }`.
 */
export async function startWorker(entry, services = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'triphase-workerd-'));
  await bundle({ entry, outfile: join(folder, 'main.mjs') });
  writeFileSync(join(folder, 'config.capnp'), config(services));
  let output = '';
  const child = spawnGroup(workerd.program, ['serve', join(folder, 'config.capnp'), '--control-fd=3'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const close = () => {
    endGroup(child.pid);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const lines = createInterface({ input: child.stdio[3] });
    const [line] = await once(lines, 'line', { signal: AbortSignal.timeout(START_MS) });
    return { url: `http://127.0.0.1:${JSON.parse(line).port}`, output: () => output, close };
  } catch (error) {
    close();
    throw new Error(`workerd doesn't listen: ${output}`, { cause: error });
  }
}
