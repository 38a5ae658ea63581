/** Programs in processes of their own, and the reports of programs that run tests. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Time limit for a program, on a busy machine. Milliseconds. */
const LIMIT_MS = 2 * 60_000;

/** A program in a process of its own. Its output is read line by line. */
export class Program {
  /** The path of the program. */
  command;
  lines = [];
  stderr = '';
  #child;
  #checks = [];
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
      for (const check of [...this.#checks]) check();
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

  /** Resolves with the first line that begins with `start`. Rejects if the program ends without such a line. */
  async line(start) {
    const find = () => this.lines.find((line) => line.startsWith(start));
    const found = new Promise((resolve) => {
      const check = () => {
        if (find() === undefined) return;
        this.#checks = this.#checks.filter((other) => other !== check);
        resolve(undefined);
      };
      this.#checks.push(check);
      check();
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

/** The beginning of the line with the report. */
const REPORT = 'tests: ';

/** Time limit for a process to end after its report. Milliseconds. */
const END_MS = 10_000;

/** Runs a program that prints the report of its tests, and resolves with the report. The process must then end by itself with status 0. */
export async function reportOf(runtime, ...args) {
  const program = new Program(runtime, ...args);
  const report = await program
    .line(REPORT)
    .then((line) => JSON.parse(line.slice(REPORT.length)))
    .catch((error) => failed('the program prints a report', error.message));
  const limit = setTimeout(() => program.kill('SIGKILL'), END_MS);
  const { code, signal, stderr } = await program.ended;
  clearTimeout(limit);
  if (code !== 0) {
    const what =
      signal === 'SIGKILL' ? `it was still running after ${END_MS / 1_000} s` : `it ended with ${code ?? signal}`;
    report.failures.push(...failed('the process ends by itself after the tests', `${what}\n${stderr}`).failures);
  }
  return report;
}

const failed = (test, error) => ({ passed: 0, skips: [], failures: [{ test, error }] });
