import { tinyRunner } from '@triphase/testing';

/**
 * Runs, on the host that this is loaded in, the tests that `register` gives to a runner, and resolves with plain data:
 * `{ passed, skips, failures: [{ test, error }] }`.
 */
export async function runTests(register) {
  const runner = tinyRunner();
  const skips = [];
  const { skip } = runner.it;
  runner.it.skip = (name) => {
    skips.push(name);
    skip(name);
  };
  register(runner);
  const { passed, failures } = await runner.run();
  return { passed, skips, failures: failures.map(({ test, error }) => ({ test, error: describe(error) })) };
}

/** The message and where it comes from: engines differ in whether a stack begins with the message. */
function describe(error) {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? '';
  const text = stack.includes(error.message) ? stack : `${error.name}: ${error.message}\n${stack}`;
  return error.cause === undefined ? text : `${text}\ncaused by ${describe(error.cause)}`;
}
