import { FakeListeners } from './fake-listeners.ts';
import type { Listener } from './fake-listeners.ts';
import type { HostRecord } from './host-record.ts';

/** A process that does not end and gets no real signals: `emit` gives them, `exit` and `kill` are only counted. */
export interface FakeProcess {
  readonly emit: (event: string, ...args: readonly unknown[]) => boolean;
  exitCode: number | undefined;
  readonly [name: string]: unknown;
}

/** The signals that a program asks for by name, with their numbers. */
const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGUSR2: 12,
  SIGTERM: 15,
  SIGBREAK: 21,
};

/** Makes what `node:process` has, as far as a reactor looks at it. */
export function fakeProcess(record: HostRecord): FakeProcess {
  const listeners = new FakeListeners(record);
  const counted = <A extends readonly unknown[], R>(name: string, fn: (...args: A) => R): ((...args: A) => R) =>
    record.counted(`process.${name}`, fn);
  const adder = (name: string, once: boolean, first: boolean): ((event: string, listener: Listener) => FakeProcess) =>
    counted(name, (event, listener) => {
      listeners.add(event, listener, once, first);
      return process;
    });
  const remover = (name: string): ((event: string, listener: Listener) => FakeProcess) =>
    counted(name, (event, listener) => {
      listeners.remove(event, listener);
      return process;
    });
  const process: FakeProcess = {
    on: adder('on', false, false),
    addListener: adder('addListener', false, false),
    once: adder('once', true, false),
    prependListener: adder('prependListener', false, true),
    prependOnceListener: adder('prependOnceListener', true, true),
    off: remover('off'),
    removeListener: remover('removeListener'),
    listeners: (event: string) => listeners.of(event),
    listenerCount: (event: string) => listeners.of(event).length,
    eventNames: () => listeners.events(),
    emit: (event, ...args) => {
      const heard = listeners.of(event).length > 0;
      const number = signalNumbers[event];
      listeners.call(event, number === undefined || args.length > 0 ? args : [event, number]);
      return heard;
    },
    exitCode: undefined,
    exit: counted('exit', ignore),
    kill: counted('kill', () => true),
    reallyExit: counted('reallyExit', ignore),
    emitWarning: counted('emitWarning', ignore),
    getActiveResourcesInfo: counted('getActiveResourcesInfo', () => []),
    stdout: fakeOutput(record, 'stdout'),
    stderr: fakeOutput(record, 'stderr'),
    platform: 'linux',
    pid: 4711,
    ppid: 1,
    argv: ['node', 'program'],
    env: {},
    version: 'v20.19.0',
    versions: { node: '20.19.0' },
  };
  return process;
}

/** What `Deno` has, as far as a reactor looks at it; its signals are those of `process`. */
export function fakeDeno(record: HostRecord): FakeProcess {
  const listeners = new FakeListeners(record);
  return {
    addSignalListener: record.counted('Deno.addSignalListener', (signal: string, listener: Listener) => {
      listeners.add(signal, listener);
    }),
    removeSignalListener: record.counted('Deno.removeSignalListener', (signal: string, listener: Listener) => {
      listeners.remove(signal, listener);
    }),
    emit: (signal) => {
      const heard = listeners.of(signal).length > 0;
      listeners.call(signal, []);
      return heard;
    },
    exitCode: undefined,
    exit: record.counted('Deno.exit', ignore),
    kill: record.counted('Deno.kill', ignore),
    pid: 4711,
    build: { os: 'linux' },
    inspect: (value: unknown) => String(value),
    stdin: { isTerminal: () => false },
  };
}

function fakeOutput(record: HostRecord, name: string): object {
  return {
    writableLength: 0,
    write: record.counted(`${name}.write`, (_text: string, callback?: () => void) => {
      callback?.();
      return true;
    }),
  };
}

function ignore(): void {
  // Counted, and that is all.
}
