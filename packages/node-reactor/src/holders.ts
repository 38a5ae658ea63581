import { printable } from '@triphase/core';
import type { HostHolders } from '@triphase/core/process';
import type { Server, Socket } from 'node:net';
import type { ChildProcess } from 'node:child_process';
import type { Worker } from 'node:worker_threads';

/** Functions of Node that are not public: they list the open handles and resources. */
interface NodeInside {
  _getActiveHandles?(): readonly object[];
  getActiveResourcesInfo?(): readonly string[];
}

interface Handle {
  hasRef?(): boolean;
}

/** The names in `getActiveResourcesInfo` of handles that `_getActiveHandles` lists as objects: those are described in detail, and not twice. */
const KNOWN_HANDLES = /^(PipeWrap|TCPSocketWrap|TCPServerWrap|PipeServerWrap|TTYWrap|ProcessWrap|CloseReq)$/;

/** Describes what keeps a process alive (N11). */
export class Holders implements HostHolders {
  readonly #process: NodeJS.Process;
  /** Those that it was told of: Node does not list them. */
  readonly #workers: Set<Worker> = new Set();

  constructor(process: NodeJS.Process) {
    this.#process = process;
  }

  add(given: unknown): void {
    const worker = given as Worker; // as: the event `worker` comes with nothing else
    this.#workers.add(worker);
    worker.once('exit', () => this.#workers.delete(worker));
  }

  /**
   * `server on port 8080, child process 4711 (sleep), 2 timers`; `''` where the runtime does not tell. Our own output is not listed, nor a
   * stdin that nobody reads.
   */
  describe(): string {
    const process: NodeInside = this.#process;
    const handles = (process._getActiveHandles?.() ?? []).filter((handle) => !isIdleStdio(handle));
    const childStreams = new Set(handles.filter(isChild).flatMap(({ stdio }) => stdio));
    const names = handles.filter((handle) => !childStreams.has(handle as Socket)).map(describeHandle);
    const others = (process.getActiveResourcesInfo?.() ?? []).filter((name) => !KNOWN_HANDLES.test(name));
    const workers = [...this.#workers].filter(holds).map(({ threadId }) => `worker thread ${String(threadId)}`);
    return counted([...names, ...workers, ...others.map(describeResource)]);
  }
}

/** Our own output, which never holds a process once it is written, and an input that nobody reads. */
function isIdleStdio(handle: object): boolean {
  const { fd, readableFlowing } = handle as { readonly fd?: unknown; readonly readableFlowing?: boolean | null };
  return fd === 1 || fd === 2 || (fd === 0 && readableFlowing !== true);
}

function describeResource(name: string): string {
  if (name === 'Timeout') return 'timer';
  return name.endsWith('WriteWrap') ? 'output that is not read yet' : name;
}

function describeHandle(handle: object): string {
  if (isChild(handle)) return `child process ${String(handle.pid)} (${printable(handle.spawnfile)})`;
  if (isServer(handle)) return `server on ${addressOf(handle)}`;
  const { remoteAddress, remotePort, fd } = handle as Socket & { readonly fd?: number };
  if (remoteAddress !== undefined) return `connection to ${remoteAddress} port ${String(remotePort)}`;
  if (fd === 0) return 'stdin';
  return handle.constructor.name;
}

function isChild(handle: object): handle is ChildProcess {
  return 'spawnfile' in handle && 'stdio' in handle;
}

function isServer(handle: object): handle is Server {
  return 'listening' in handle && 'address' in handle;
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null) return 'a closed port';
  return typeof address === 'string' ? printable(address) : `port ${String(address.port)}`;
}

/** Whether a worker keeps the process alive: `unref()` ends that. Only its internal handle tells. */
function holds(worker: Worker): boolean {
  const key = Object.getOwnPropertySymbols(worker).find(({ description }) => description === 'kHandle');
  const handle = key && (worker as unknown as Record<symbol, Handle | null>)[key]; // as: there is no public way
  return handle?.hasRef?.() ?? true;
}

function counted(names: readonly string[]): string {
  const counts: Map<string, number> = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${String(count)} × ${name}` : name)).join(', ');
}
