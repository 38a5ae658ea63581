import type { Readable } from 'node:stream';

/** How many of the last lines of a worker are kept. */
const KEPT_LINES = 20;

/** What of a longer line is kept: characters. */
const KEPT_CHARACTERS = 2_000;

/**
 * When a process has ended, its stderr may still come: the pipe is full, or a child of it holds stderr open. It counts as read when nothing
 * has come for this long. Milliseconds.
 */
const SILENT_MS = 500;

/** It also counts as read this long after the end of the process, even if more still comes. Milliseconds. */
const MAX_READ_MS = 5_000;

/** The streams that are paused until the primary's own stderr can take more. */
const waiting: Set<Readable> = new Set();

/** The stderr of a worker: passed on to that of the primary, and its last lines are kept. */
export class WorkerStderr {
  readonly #stream: Readable | null;
  readonly #lines: string[] = [];
  /** The line that has no end yet. */
  #begun = '';

  /** `stream` is null where there is none to follow. */
  constructor(stream: Readable | null) {
    this.#stream = stream;
    if (stream === null) return;
    const decoder = new TextDecoder();
    stream.on('data', (chunk: Buffer) => {
      this.#keep(decoder.decode(chunk, { stream: true }));
      passOn(stream, chunk);
    });
    stream.on('error', () => undefined); // its process has gone
  }

  /** The last lines, the oldest first. */
  get lines(): readonly string[] {
    return this.#begun === '' ? [...this.#lines] : [...this.#lines, this.#begun].slice(-KEPT_LINES);
  }

  /** Call it when the process has ended. Resolves when its stderr is read. */
  untilRead(): Promise<void> {
    const stream = this.#stream;
    if (stream === null || stream.closed) return Promise.resolve();
    return new Promise((resolve) => {
      const over = (): void => {
        clearTimeout(silent);
        clearTimeout(latest);
        stream.off('data', onData).off('close', over);
        resolve();
      };
      const onData = (): void => void silent.refresh();
      const silent = setTimeout(over, SILENT_MS);
      const latest = setTimeout(over, MAX_READ_MS);
      stream.on('data', onData).on('close', over);
    });
  }

  #keep(text: string): void {
    const [first = '', ...more] = text.split(/\r?\n/);
    this.#begun = shorten(this.#begun + first);
    for (const part of more) {
      this.#lines.push(this.#begun);
      if (this.#lines.length > KEPT_LINES) this.#lines.shift();
      this.#begun = shorten(part);
    }
  }
}

function shorten(line: string): string {
  return line.length > KEPT_CHARACTERS ? `${line.slice(0, KEPT_CHARACTERS)}…` : line;
}

function passOn(stream: Readable, chunk: Buffer): void {
  const { stderr } = process;
  if (!stderr.listeners('error').includes(ignore)) stderr.on('error', ignore);
  if (stderr.write(chunk)) return;
  stream.pause();
  if (waiting.size === 0) stderr.once('drain', resumeAll);
  waiting.add(stream);
}

function resumeAll(): void {
  for (const stream of waiting) stream.resume();
  waiting.clear();
}

/** Nobody reads the primary's stderr any more: no reason to end. `console` ignores that, too. */
function ignore(): void {
  // Nothing can be said.
}
