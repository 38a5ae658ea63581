/**
 * Makes the tests of a service: `{ name, on?, run({ command, kind }) }`. `command(file)` is the command that runs a program of this folder on a host,
 * `kind` is the kind of the host, and `on` has the kinds on which the test runs, by default all.
 */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { Program, stopUnderLoad } from '../../scripts/http-load.mjs';

/** The kinds of hosts: `serve` on Node, Deno and Bun, and `serveHttp` for a server of `node:http`. */
export const [node, deno, bun, serveHttp] = ['Node', 'Deno', 'Bun', 'serveHttp'];
export const SERVE_HOSTS = [node, deno, bun];

/** Whether a test runs on this host. */
export const runsOn = ({ on = [...SERVE_HOSTS, serveHttp] }, { kind }) => on.includes(kind);

/** The status of the answer to a request. */
export const status = async (port, path, init) => (await fetch(`http://127.0.0.1:${port}${path}`, init)).status;

/** The environment that gives the program these options of `serve`. */
export const optionsOf = (options) => ({ OPTIONS: JSON.stringify(options) });

/** Resolves when the program has printed `app: text` this number of times. */
export async function untilPrinted(program, text, times = 1) {
  while (program.stdout.split(`app: ${text}\n`).length <= times) {
    if (program.child.exitCode !== null) throw new Error(`it ended first:\n${program.stdout}${program.stderr}`);
    await wait(5);
  }
}

/** Runs `use(program)`. At the end the program is killed if it still runs. */
export async function withProgram({ command, env }, use) {
  const program = await Program.start(command, { env });
  try {
    return await use(program);
  } catch (error) {
    throw new Error(`${error.message}\n${program.stdout}${program.stderr}`, { cause: error });
  } finally {
    program.child.kill('SIGKILL');
  }
}

/** A test that stops a program under load. `last` must match its output; other options are those of `stopUnderLoad`. */
export const loadTest = (name, { program = 'program.mjs', on, last = /database closed/, ...options }) => ({
  name,
  on,
  run: async ({ command }) => {
    const { broken, errors, status: code, stdout, stderr } = await stopUnderLoad(command(program), options);
    assert.deepEqual({ broken, errors, code }, { broken: 0, errors: {}, code: 0 }, stderr);
    assert.match(stdout, last);
  },
});

/** A test that starts a program with this environment and calls `run(program, kind)`. */
export const serviceTest = (name, env, run, { program: file = 'program.mjs', on } = {}) => ({
  name,
  on,
  run: ({ command, kind }) => withProgram({ command: command(file), env }, (program) => run(program, kind)),
});
