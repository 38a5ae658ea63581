import { sleep, type ReactorBase } from '@triphase/core';
import { createServer } from 'node:net';
import { setInterval } from 'node:timers';
import type { Database } from './database.ts';

/** The values of `LEDGER_FAULT`. Each breaks one thing, to show what the ledger then does. */
export const FAULTS = [
  'throw',
  'reject',
  'hang',
  'block',
  'uncaught',
  'slow-migration',
  'crash-once',
  'crash-three-times',
  'crash-forever',
  'slow-work',
] as const;
export type Fault = (typeof FAULTS)[number];

const SLOW_MIGRATION_MS = 60_000;

/** The trigger of the shutdown that a fault adds. */
const TRIGGERS: Readonly<Partial<Record<Fault, () => unknown>>> = {
  throw: () => {
    throw new Error('LEDGER_FAULT=throw');
  },
  reject: () => Promise.reject(new Error('LEDGER_FAULT=reject')),
  hang: () => {
    createServer().listen(0, '127.0.0.1');
    setInterval(() => undefined, 1_000);
    return new Promise(() => undefined);
  },
  block: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
};

/** Adds the trigger of this fault to the shutdown. With `uncaught`, SIGUSR2 throws an uncaught exception. */
export function injectFault(reactor: ReactorBase, fault: Fault | undefined): void {
  if (fault === undefined) return;
  const trigger = TRIGGERS[fault];
  if (trigger !== undefined) reactor.on('shutdown', trigger, { name: 'fault' });
  if (fault !== 'uncaught') return;
  process.once('SIGUSR2', () => {
    throw new Error('LEDGER_FAULT=uncaught');
  });
}

/** With `slow-migration`, a database whose migration takes a minute, or until `reactor` stops. */
export function withFault(database: Database, fault: Fault | undefined, reactor: ReactorBase): Database {
  if (fault !== 'slow-migration') return database;
  return {
    place: database.place,
    exec: async (sql) => {
      console.log('migrating slowly');
      await sleep(reactor, SLOW_MIGRATION_MS, { signal: reactor.signal }).catch(() => undefined);
      await database.exec(sql);
    },
    query: (sql, parameters, signal) => database.query(sql, parameters, signal),
    close: () => database.close(),
  };
}
