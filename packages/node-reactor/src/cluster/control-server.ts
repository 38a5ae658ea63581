import type { Logger, Phases, Service, StopReason } from '@triphase/core';
import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { textOf } from '../worker/text-of.ts';
import { controlFolder, controlPath } from './control-path.ts';

/** What a command is answered with, as one line of JSON. */
export interface ControlAnswer {
  /** What was asked for is done. */
  readonly ok: boolean;
  /** What happened, for a terminal. */
  readonly text: string;
}

/** The longest command that is read, in characters: a command is one word. */
const LONGEST_COMMAND = 64;

/**
 * The control socket of a primary (H1): mode 0600, one command a connection, one answer. A primary that cannot have one goes on without.
 */
export class ControlServer implements Service {
  readonly name = 'control socket';
  readonly startup: Phases = { before: () => this.#listen() };
  readonly shutdown: Phases<StopReason> = {
    after: () => {
      this.#server.close();
      for (const socket of this.#sockets) socket.end();
    },
  };
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  readonly #commands: Readonly<Record<string, () => Promise<ControlAnswer>>>;
  readonly #logger: Logger;

  constructor(commands: Readonly<Record<string, () => Promise<ControlAnswer>>>, logger: Logger) {
    this.#commands = commands;
    this.#logger = logger;
    this.#server = createServer((socket) => {
      this.#take(socket);
    });
  }

  async #listen(): Promise<void> {
    const uid = process.getuid?.();
    try {
      const path = controlPath(process.pid, uid);
      if (uid !== undefined) openFolder(controlFolder(uid), uid);
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen(path, resolve);
      });
      if (uid !== undefined) chmodSync(path, 0o600);
    } catch (error) {
      this.#logger.warn(
        `there is no control socket, so "triphase reload" does not work; SIGHUP does: ${textOf(error)}`,
      );
    }
  }

  #take(socket: Socket): void {
    let text = '';
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined); // who has asked is gone
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end < 0 && text.length <= LONGEST_COMMAND) return;
      socket.removeAllListeners('data');
      void this.#answer(text.slice(0, Math.max(end, 0))).then((answer) => {
        socket.end(`${JSON.stringify(answer)}\n`);
      });
    });
  }

  async #answer(command: string): Promise<ControlAnswer> {
    const run = Object.hasOwn(this.#commands, command) ? this.#commands[command] : undefined;
    if (run === undefined)
      return { ok: false, text: `there are only the commands ${Object.keys(this.#commands).join(', ')}` };
    try {
      return await run();
    } catch (error) {
      return { ok: false, text: textOf(error) };
    }
  }
}

/** Makes the folder, and removes the sockets of primaries that were killed. Throws if somebody else may enter it. */
function openFolder(folder: string, uid: number): void {
  // Not recursive: Node 20 never comes back from that where nobody may make a folder, such as in /proc.
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // as: of a system call
  }
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0)
    throw new Error(`${folder} is not a folder of this user alone: remove it, or set TMPDIR`);
  for (const file of readdirSync(folder)) {
    const pid = Number(/^(\d+)\.sock$/.exec(file)?.[1]);
    if (pid === process.pid || (pid > 0 && !isAlive(pid))) rmSync(join(folder, file), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // as: of a system call
  }
}
