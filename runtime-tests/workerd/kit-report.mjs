import { join } from 'node:path';
import { startWorker } from './worker.mjs';

/** Runs the conformance kit in workerd, each test in a request of its own. Resolves with a report like that of `runTests`. */
export async function kitReport() {
  const worker = await startWorker(join(import.meta.dirname, '..', 'conformance', 'workerd-kit.entry.mjs'));
  try {
    const ask = async (path) => {
      const response = await fetch(`${worker.url}/${path}`);
      return response.ok
        ? response.json()
        : { error: `${response.status}: ${await response.text()}\n${worker.output()}` };
    };
    const { tests, skips } = await ask('');
    const failures = [];
    for (const [index, test] of tests.entries()) {
      const { error } = await ask(index);
      if (error !== undefined) failures.push({ test, error });
    }
    return { passed: tests.length - failures.length, tests, skips, failures };
  } finally {
    worker.close();
  }
}
