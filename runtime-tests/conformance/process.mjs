import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Time limit for a program, on a busy machine. Milliseconds. */
const LIMIT_MS = 2 * 60_000;

/** A program in a process of its own, watched line by line. */
export class Program {
  /** The program that was started. */
  command;
  lines = [];
  stderr = '';
  #child;
  #waiting = [];
  #limit;
  #ended;

  constructor({ program, args = [] }, ...more) {
    this.command = program;
    const env = { ...process.env, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
    this.#child = spawn(program, [...args, ...more], { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.#limit = setTimeout(() => this.kill('SIGKILL'), LIMIT_MS);
    this.#child.stderr.setEncoding('utf8').on('data', (chunk) => {
      this.stderr += chunk;
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.lines.push(line);
      for (const look of [...this.#waiting]) look();
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        clearTimeout(this.#limit);
        resolve({ code, signal, lines: this.lines, stderr: this.stderr });
      });
    });
  }

  /** Resolves when it has ended: `{ code, signal, lines, stderr }`. */
  get ended() {
    return this.#ended;
  }

  /** Resolves with the first line that begins with `start`; rejects when the program ends without. */
  async line(start) {
    const find = () => this.lines.find((line) => line.startsWith(start));
    const found = new Promise((resolve) => {
      const look = () => {
        if (find() === undefined) return;
        this.#waiting = this.#waiting.filter((other) => other !== look);
        resolve(undefined);
      };
      this.#waiting.push(look);
      look();
    });
    const end = await Promise.race([found, this.#ended]);
    const line = find();
    if (line !== undefined) return line;
    throw new Error(
      `no line "${start}…": ended with ${end?.code ?? end?.signal}\n${this.lines.join('\n')}\n${this.stderr}`,
    );
  }

  kill(signal) {
    this.#child.kill(signal);
  }
}

/** A program that ran tests prints this before its report. */
const REPORT = 'tests: ';

/** Time limit for a process to end when nothing holds it. Milliseconds. */
const END_MS = 10_000;

/** Runs a program that prints the report of its tests, and returns that; the process must then end by itself, with status 0. */
export async function reportOf(runtime, ...args) {
  const program = new Program(runtime, ...args);
  const report = await program
    .line(REPORT)
    .then((line) => JSON.parse(line.slice(REPORT.length)))
    .catch((error) => failed('there is a report', error.message));
  const limit = setTimeout(() => program.kill('SIGKILL'), END_MS);
  const { code, signal, stderr } = await program.ended;
  clearTimeout(limit);
  if (code !== 0) {
    const what =
      signal === 'SIGKILL' ? `it was still there after ${END_MS / 1_000} s` : `it ended with ${code ?? signal}`;
    report.failures.push(...failed('nothing of ours holds the process', `${what}\n${stderr}`).failures);
  }
  return report;
}

const failed = (test, error) => ({ passed: 0, skips: [], failures: [{ test, error }] });
