import { parentPort, workerData } from 'node:worker_threads';
import { reactorConformance, tinyRunner, type TestRunner } from '../../src/index.ts';
import { ImmediateReactor } from '../immediate-reactor.ts';
import { sabotagedReactors } from './reactors.ts';

/** What the worker is told. */
export interface ToSubject {
  /** The sabotaged reactor, by what it is; the sound one when there is none. */
  readonly reactor: string | undefined;
  /** Only the tests of this statement; all when there is none. */
  readonly statement: string | undefined;
  readonly onlyUntilCaught: boolean;
}

/** What the worker tells. */
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
/** Told at once: the next test may never end. */
const fail = (error: unknown): void => {
  caught = true;
  tell({ kind: 'failure', test: current, message: error instanceof Error ? error.message : String(error) });
};
// As every runner has it: what is thrown into the host fails the test under way.
process.on('uncaughtException', fail);

const tiny = tinyRunner();
/** The tests of the statement alone, or all. */
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
