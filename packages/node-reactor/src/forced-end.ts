import type { NodeHost } from './node-host.ts';

/** What the streams may take to drain before the process is ended. Milliseconds. */
const DRAIN_MS = 1_000;

/**
 * The process normally ends by itself. One that something still holds after the run is told what holds it, and is ended with the status it
 * has (N11).
 */
export class ForcedEnd {
  readonly #host: NodeHost;
  readonly #tell: (holders: string) => void;
  readonly #timer: unknown;
  #cancelled = false;

  /** Waits `ms`, which hold nothing; `tell` is given what holds the process. */
  constructor(host: NodeHost, ms: number, tell: (holders: string) => void) {
    this.#host = host;
    this.#tell = tell;
    this.#timer = unref(
      host.setTimeout(() => {
        void this.#end();
      }, ms),
    );
  }

  cancel(): void {
    this.#cancelled = true;
    this.#host.clearTimeout(this.#timer);
  }

  async #end(): Promise<void> {
    const { process } = this.#host;
    this.#tell(holders(process));
    const waited: Promise<void> = new Promise((resolve) => void this.#host.setTimeout(resolve, DRAIN_MS));
    await Promise.race([Promise.all([drained(process.stdout), drained(process.stderr)]), waited]);
    if (!this.#cancelled) process.exit(); // without an argument: the status that the process has
  }
}

/** `2 Timeout, TCPSocketWrap`; not every runtime tells. */
function holders(process: Partial<NodeJS.Process>): string {
  const counts: Map<string, number> = new Map();
  for (const name of process.getActiveResourcesInfo?.() ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts].map(([name, count]) => (count > 1 ? `${String(count)} ${name}` : name));
  return names.length > 0 ? names.join(', ') : 'this runtime does not say what';
}

/** All that was written is on its way; at once for a stream that holds nothing back, which may be closed. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (!(stream.writableLength > 0)) return Promise.resolve();
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}

/** The timer does not hold the process, where timers can be told so. */
function unref(timer: unknown): unknown {
  (timer as { unref?: () => unknown }).unref?.(); // as: a host's timer may be a number
  return timer;
}
