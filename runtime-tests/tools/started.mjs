/** Programs and terminals of a scenario. */
import { spawn } from 'node:child_process';

/** A program in a process group of its own, which ends with the test. */
export class Started {
  output = '';
  #child;
  #ended;

  /** `stdin` is what `spawn` takes for the stdin of the program. */
  constructor(command, args, { cwd, env = {}, stdin = 'ignore' }) {
    this.#child = spawn(command, args, {
      cwd,
      env: { ...cleanEnv(), ...env },
      stdio: [stdin, 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        this.output += chunk;
      });
    }
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => resolve(code ?? signal));
    });
  }

  /** Resolves with its exit status, or with the name of the signal that ended it. */
  get ended() {
    return this.#ended;
  }

  write(text) {
    this.#child.stdin.write(text);
  }

  /** Closes the pipes, so that writes of the program fail with EPIPE. */
  stopReading() {
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }

  signal(signal) {
    this.#child.kill(signal);
  }

  /** Kills the processes of the group that are left. */
  [Symbol.dispose]() {
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // The group has ended.
    }
  }
}

/** A command in a terminal of its own, by `script` of util-linux. */
export class Terminal extends Started {
  constructor(command, options) {
    super('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
      ...options,
      stdin: 'pipe',
    });
  }

  /** Presses Ctrl-C: the terminal sends SIGINT to all processes in the foreground. */
  pressCtrlC() {
    this.write('\x03');
  }

  /** Closes the terminal as its window does: the processes get SIGHUP. */
  close() {
    this.signal('SIGKILL');
  }
}

/** An environment without the variables of npm and of test runners, such as `npm_lifecycle_script` and `JEST_WORKER_ID`. */
function cleanEnv() {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR && { TMPDIR }), NO_COLOR: '1', TERM: 'xterm', SHELL: '/bin/sh', CI: '1' };
}
