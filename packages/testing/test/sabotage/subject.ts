import { parentPort, workerData } from 'node:worker_threads';
import { reactorConformance, tinyRunner, type TestRunner } from '../../src/index.ts';
import { ImmediateReactor } from '../immediate-reactor.ts';
import { sabotagedReactors } from './reactors.ts';

/** The data that the worker gets. */
export interface ToSubject {
  /** The description of the sabotaged reactor; undefined for the correct one. */
  readonly reactor: string | undefined;
  /** Runs only the tests of this statement; undefined for all. */
  readonly statement: string | undefined;
  readonly onlyUntilCaught: boolean;
}

/** The messages of the worker. */
export type FromSubject =
  | { readonly kind: 'failure'; readonly test: string; readonly message: string }
  | { readonly kind: 'over'; readonly passed: number };

// Runs in a worker thread, bundled with the kit and core.
const { reactor, statement, onlyUntilCaught } = workerData as ToSubject; // as: what examination.ts gives the worker
const tell = (message: FromSubject): void => {
  parentPort?.postMessage(message);
};

let current = '';
let caught = false;
/** Reports a failure at once: the next test may never end. */
const fail = (error: unknown): void => {
  caught = true;
  tell({ kind: 'failure', test: current, message: error instanceof Error ? error.message : String(error) });
};
// Like in any test framework, an uncaught exception fails the current test.
process.on('uncaughtException', fail);

const tiny = tinyRunner();
/** Registers the tests of the statement, or all. */
const it: TestRunner['it'] = (name, body) => {
  if (statement !== undefined && !name.startsWith(`${statement}: `)) return;
  tiny.it(name, async () => {
    if (caught && onlyUntilCaught) return;
    current = name;
    try {
      await body();
    } catch (error) {
      fail(error);
      throw error;
    }
  });
};

const create =
  sabotagedReactors.find(({ what }) => what === reactor)?.create ?? ((options) => new ImmediateReactor(options));
reactorConformance({ describe: tiny.describe, it, expect: tiny.expect }, { name: reactor ?? 'a reactor', create });
void tiny.run().then(({ passed }) => {
  tell({ kind: 'over', passed });
});
