import { builtin } from '../builtin.ts';
import { ListenError } from '@triphase/core/serving';

/** The first descriptor that systemd passes. */
const FIRST_FD = 3;

/** Descriptors that this process has listened on: when a server closes, so does its descriptor, and another file may get its number. */
const taken: Set<number> = new Set();

/** Whether an option `fd` asks for a socket of systemd: `systemd`, or `systemd:NAME`. */
export function isSystemdFd(fd: unknown): fd is string {
  return typeof fd === 'string' && /^systemd(:.+)?$/s.test(fd);
}

/**
 * The descriptor of the socket that systemd has passed to this process (N19), for the service `service`. Throws {@link ListenError} where
 * there is none, more than one without a name, or none of that name.
 */
export function takeSystemdFd(service: string, fd: string): number {
  const fail = (why: string): never => {
    throw new ListenError(`Service "${service}" cannot listen on fd '${fd}': ${why}`);
  };
  const names = passedNames(fail);
  const wanted = fd.slice('systemd:'.length);
  const list = [...names].map((name) => `"${name}"`).join(', ');
  const indexes = [...names.keys()].filter((index) => wanted === '' || names[index] === wanted);
  const [index] = indexes;
  if (index === undefined) {
    return fail(
      `systemd has passed no socket of that name, but ${list}. Give one of these, or set FileDescriptorName=${wanted} in the socket unit`,
    );
  }
  if (indexes.length > 1) {
    return fail(
      wanted === ''
        ? `systemd has passed ${String(names.length)} sockets, ${list}. Say which one, such as fd: 'systemd:${names[0] ?? ''}'`
        : `systemd has passed ${String(indexes.length)} sockets of that name. Give each a socket unit of its own, with another FileDescriptorName=`,
    );
  }
  const number = FIRST_FD + index;
  if (taken.has(number)) {
    return fail(
      'a server of this process has taken that socket already, and it is passed only once. Start the process anew to listen on it again',
    );
  }
  taken.add(number);
  return number;
}

/** The names of the sockets that were passed, in their order. */
function passedNames(fail: (why: string) => never): readonly string[] {
  const { env, pid } = globalThis.process;
  const { LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES } = env;
  if (LISTEN_FDS === undefined || LISTEN_PID === undefined) {
    return fail(
      'LISTEN_FDS and LISTEN_PID are not set, so systemd has passed no socket. Start the socket unit (systemctl enable --now NAME.socket), or give a port',
    );
  }
  if (LISTEN_PID !== String(passedTo(pid))) {
    return fail(
      `the socket was passed to the process ${LISTEN_PID}, and this one is ${String(pid)}. Let ExecStart= start node itself, without npm or a shell in between`,
    );
  }
  const count = Number(LISTEN_FDS);
  if (!Number.isInteger(count) || count < 1)
    return fail(`LISTEN_FDS is "${LISTEN_FDS}", which is no number of sockets. Start the program by a socket unit`);
  const names = LISTEN_FDNAMES?.split(':') ?? [];
  return Array.from({ length: count }, (_, index) => names[index] ?? 'unknown');
}

/** In a cluster the primary has the sockets, and listens for its workers. */
function passedTo(pid: number): number {
  return builtin('cluster').isWorker ? globalThis.process.ppid : pid;
}
