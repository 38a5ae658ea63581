import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';

/** Time limit for a program of ./project/ to write a note, on a busy machine. Milliseconds. */
const LIMIT_MS = 40_000;
const LOOK_MS = 10;

/** The notes of one scenario: the lines that its processes wrote into the file `NOTES`. */
export class Notes {
  constructor(file) {
    this.file = file;
  }

  /** `[{ pid, line }]` */
  get all() {
    const text = existsSync(this.file) ? readFileSync(this.file, 'utf8') : '';
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line) => /^(?<pid>\d+) (?<line>.*)$/.exec(line).groups);
  }

  /** Process by process, in the order in which they came: `[['running', 'stopping: SIGINT', …]]`; without the time they took. */
  get lives() {
    const lives = new Map();
    for (const { pid, line } of this.all) lives.set(pid, [...(lives.get(pid) ?? []), line.replace(/, after .*/, '')]);
    return [...lives.values()];
  }

  /** Resolves when `count` lines begin with `start`. */
  async until(start, count = 1) {
    return this.when(
      `${count} × "${start}…"`,
      () => this.all.filter(({ line }) => line.startsWith(start)).length >= count,
    );
  }

  /** Resolves when `count` processes have noted something, and all of them have ended, in whatever way. */
  async untilEnded(count = 1) {
    return this.when(`${count} processes have ended`, () => {
      const pids = new Set(this.all.map(({ pid }) => pid));
      return pids.size >= count && ![...pids].some(isAlive);
    });
  }

  /** Resolves when `isSo()` returns true. */
  async when(what, isSo) {
    for (const since = performance.now(); !(await isSo()); await after(LOOK_MS)) {
      if (performance.now() - since > LIMIT_MS) throw new Error(`not within ${LIMIT_MS / 1_000} s: ${what}`);
    }
  }

  toString() {
    return this.all.map(({ pid, line }) => `${pid} ${line}`).join('\n') || 'nothing was noted';
  }
}

/** One that has ended may stay a zombie, where nobody asks how it ended. */
function isAlive(pid) {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** How a process lives that is stopped once, in order, and ends by itself. */
export const stoppedBy = (reason, status = 0) => ['running', `stopping: ${reason}`, 'stopped', `exit ${status}`];
