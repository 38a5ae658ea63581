/** Programs run by the scripts: `run` gives `{ code, output }`; the code is 1 when a signal ended it or it did not start. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './packages.mjs';

/**
 * `echo` passes the output through as it comes; `terminal` hands over the terminal itself, and no output comes back;
 * `limitMs` ends the program, with all of its children, after that time.
 */
export function run(command, args, { cwd = root, env = {}, echo = false, terminal = false, limitMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: terminal ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that its children end with it.
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

/** The same for a program of node_modules/.bin. */
export const runTool = (tool, args, options) => run(join(root, 'node_modules', '.bin', tool), args, options);

/** Ends `child` after `limitMs`, or with this process; returns what undoes that. */
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
  // A group of its own gets no Ctrl-C from the terminal.
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

/** True in continuous integration, where what is missing is a failure. */
export const inCI = !['', '0', 'false', undefined].includes(process.env.CI);

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
