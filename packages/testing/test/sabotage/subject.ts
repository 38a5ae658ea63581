import { parentPort, workerData } from 'node:worker_threads';
import { reactorConformance, tinyRunner, type TestRunner } from '../../src/index.ts';
import type { FromSubject, ToSubject } from './examination.ts';
import { ImmediateReactor, sabotagedReactors } from './reactors.ts';

// Runs in a worker thread, bundled with the kit and with the core that is examined.
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
