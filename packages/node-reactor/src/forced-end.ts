import type { NodeHost } from './node-host.ts';

/** What the streams may take to drain before the process is ended. Milliseconds. */
const DRAIN_MS = 1_000;

/**
 * The process normally ends by itself. One that something still holds after the run is told what holds it, and is ended with the status it
 * has (N11). Its own timer holds nothing.
 */
export class ForcedEnd {
  readonly #host: NodeHost;
  readonly #timer: NodeJS.Timeout;

  constructor(host: NodeHost, after: number) {
    this.#host = host;
    this.#timer = setTimeout(() => {
      void this.#end();
    }, after);
    this.#timer.unref();
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  async #end(): Promise<void> {
    const { process, console } = this.#host;
    console.warn(`the run has ended, but something still holds the process: ${holders(process)}; ending it`);
    await Promise.race([Promise.all([drained(process.stdout), drained(process.stderr)]), after(DRAIN_MS)]);
    process.exit();
  }
}

/** `2 Timeout, TCPSocketWrap`; not every runtime tells. */
function holders(process: NodeJS.Process): string {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts].map(([name, count]) => (count > 1 ? `${String(count)} ${name}` : name));
  return names.length > 0 ? names.join(', ') : 'this runtime does not say what';
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
