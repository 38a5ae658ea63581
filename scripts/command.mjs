/** Runs programs for the scripts. `run` resolves with `{ code, output }`; the code is 1 if a signal ended the program or it didn't start. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './packages.mjs';

/**
 * `echo` also prints the output as it comes. `terminal` gives the program this terminal; then no output is returned. `limitMs` ends the
 * program after that time, without `terminal` with all of its children.
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
    const release = limitMs === undefined ? () => undefined : bound(child, limitMs, terminal);
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

/** The same as `run`, for a program of node_modules/.bin. */
export const runTool = (tool, args, options) => run(join(root, 'node_modules', '.bin', tool), args, options);

/** Ends `child` after `limitMs`, or with this process. Returns a function that undoes that. */
function bound(child, limitMs, terminal) {
  const end = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(terminal ? child.pid : -child.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error; // It has ended by itself.
    }
  };
  const limit = setTimeout(() => {
    console.error(`ended after ${limitMs / 1000} s`);
    end();
  }, limitMs);
  // Ctrl-C of the terminal doesn't reach another process group.
  const interrupt = () => {
    end();
    process.exit(1);
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  return () => {
    clearTimeout(limit);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  };
}

/** True in continuous integration, where a missing runtime or tool is a failure. */
export const inCI = !['', '0', 'false', undefined].includes(process.env.CI);

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
