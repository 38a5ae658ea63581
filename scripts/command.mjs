/** Runs programs for the scripts and benchmarks: `run`, `runTool`, `buildPackages`, `currentCommit`. */
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './packages.mjs';

/**
 * Runs a program. Resolves with `{ code, output }`; the code is 1 if a signal ended the program, or if it could not be started.
 *
 * `echo`: also prints the output as it arrives. `terminal`: the program uses this terminal, and `output` is empty. `limitMs`: kills the program
 * after this time, and all of its child processes too, unless `terminal` is set.
 */
export function run(command, args, { cwd = root, env = {}, echo = false, terminal = false, limitMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: terminal ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      // A separate process group, so that its children can be ended with it.
      detached: limitMs !== undefined && !terminal,
    });
    let output = '';
    for (const name of terminal ? [] : ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (chunk) => {
        output += chunk;
        if (echo) process[name].write(chunk);
      });
    }
    const release = limitMs === undefined ? () => undefined : killLater(child, limitMs, terminal);
    const settle = (code) => {
      release();
      resolve({ code: code ?? 1, output });
    };
    child.once('error', (error) => {
      output += `${command}: ${error.message}\n`;
      settle(1);
    });
    child.once('close', settle);
  });
}

/** The same as `run`, for a program in node_modules/.bin. */
export const runTool = (tool, args, options) => run(join(root, 'node_modules', '.bin', tool), args, options);

/** Does what `npm run build` does. Throws the output of the build if it fails. */
export async function buildPackages() {
  const { code, output } = await run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
  if (code !== 0) throw new Error(output.trim());
}

/** The short hash of the current commit, which the pages name beside their figures. */
export const currentCommit = () =>
  execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();

/** Kills `child` after `limitMs`, or when this process is told to stop. Returns a function that cancels both. */
function killLater(child, limitMs, terminal) {
  const kill = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(terminal ? child.pid : -child.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error; // ESRCH: it has already ended
    }
  };
  const limit = setTimeout(() => {
    console.error(`killed: it took longer than ${limitMs / 1000} s`);
    kill();
  }, limitMs);
  // Ctrl-C in the terminal doesn't reach a process group of its own.
  const interrupt = () => {
    kill();
    process.exit(1);
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  return () => {
    clearTimeout(limit);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  };
}

/** True in continuous integration. A missing runtime or tool is a failure there. */
export const inCI = !['', '0', 'false', undefined].includes(process.env.CI);

/** The time that has passed since `since`, a value of `performance.now()`, as text: `1.5 s`. */
export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
