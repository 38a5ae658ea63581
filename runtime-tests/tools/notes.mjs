/** The notes that the programs of ./project/ write. */
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Time limit for a program of ./project/ to write a note, on a busy machine. Milliseconds. */
const LIMIT_MS = 40_000;
const POLL_MS = 10;

/** The notes of one scenario: the lines that its processes have written into the file `NOTES`. */
export class Notes {
  constructor(file) {
    this.file = file;
  }

  /** All notes in their order: `[{ pid, line }]`. */
  get all() {
    const text = existsSync(this.file) ? readFileSync(this.file, 'utf8') : '';
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line) => /^(?<pid>\d+) (?<line>.*)$/.exec(line).groups);
  }

  /** The notes of each process, in the order of their first notes, without CPU times: `[['running', 'stopping: SIGINT', …]]`. */
  get byProcess() {
    const byPid = new Map();
    for (const { pid, line } of this.all) byPid.set(pid, [...(byPid.get(pid) ?? []), line.replace(/, after .*/, '')]);
    return [...byPid.values()];
  }

  /** Resolves when `count` lines begin with `start`. */
  async until(start, count = 1) {
    return this.when(
      `${count} × "${start}…"`,
      () => this.all.filter(({ line }) => line.startsWith(start)).length >= count,
    );
  }

  /** Resolves when at least `count` processes have written notes, and all of them have ended. */
  async untilEnded(count = 1) {
    return this.when(`${count} processes have ended`, () => {
      const pids = new Set(this.all.map(({ pid }) => pid));
      return pids.size >= count && ![...pids].some(isAlive);
    });
  }

  /** Resolves when `condition()` holds. `what` names it in the error after the time limit. */
  async when(what, condition) {
    for (const since = performance.now(); !(await condition()); await wait(POLL_MS)) {
      if (performance.now() - since > LIMIT_MS) throw new Error(`not within ${LIMIT_MS / 1_000} s: ${what}`);
    }
  }

  toString() {
    return this.all.map(({ pid, line }) => `${pid} ${line}`).join('\n') || 'no process has written a note';
  }
}

/** False for a zombie, too: a process that has ended and whose parent has not asked for its status. */
function isAlive(pid) {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** The notes of a process that was stopped once, in order, and ended by itself. */
export const stoppedBy = (reason, status = 0) => ['running', `stopping: ${reason}`, 'stopped', `exit ${status}`];
