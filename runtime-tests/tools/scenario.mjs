import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Notes } from './notes.mjs';
import { Started, Terminal } from './started.mjs';

/** The context of one test: the project, its own folder and notes, and its programs, which end with the test. */
export class Scenario {
  #started = [];

  constructor(project) {
    this.project = project;
    this.folder = mkdtempSync(join(project, 'scenario-'));
    this.notes = new Notes(join(this.folder, 'notes.txt'));
    this.env = { NOTES: this.notes.file };
  }

  start(command, args, { env, ...options } = {}) {
    return this.#add(new Started(command, args, this.#options(env, options)));
  }

  terminal(command, { env, ...options } = {}) {
    return this.#add(new Terminal(command, this.#options(env, options)));
  }

  /** A program of the project's node_modules. */
  tool(name) {
    return join(this.project, 'node_modules', '.bin', name);
  }

  /** Runs a command to its end: `{ status, output }`. */
  async run(command, args, options) {
    const started = this.start(command, args, options);
    const status = await started.ended;
    return { status, output: started.output };
  }

  toString() {
    return [`${this.notes}`, ...this.#started.map(({ output }) => output.trim())].join('\n---\n');
  }

  [Symbol.dispose]() {
    for (const started of this.#started) started[Symbol.dispose]();
    const all = this.notes.all;
    const ended = new Set(all.filter(({ line }) => line.startsWith('exit')).map(({ pid }) => pid));
    // A process in a terminal has a process group of its own, so it may still run.
    for (const pid of new Set(all.map(({ pid }) => pid))) if (!ended.has(pid)) endProcess(Number(pid));
  }

  #options(env, options) {
    return { cwd: this.project, ...options, env: { ...this.env, ...env } };
  }

  #add(started) {
    this.#started.push(started);
    return started;
  }
}

function endProcess(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
