/** Collects the tests of a bundle without running them, with the part of jest's API that they use: `describe`, `it`, `test`, hooks. */
import { format } from 'node:util';
import { expect } from 'expect';

const { setTimeout, clearTimeout } = globalThis; // tests may replace the global ones

/** The limit of a test is waited for in timers of this length, one after the other. Milliseconds. */
const TICK = 25;

/**
 * Loads a bundle of tests. Returns the tests in order, each with an `id`, its `file` and `run(limit)`. `run` resolves with the error of the test,
 * or with `undefined` if it passed.
 */
export async function collectTests(bundle) {
  const tests = [];
  const ids = new Set();
  let file = '';
  /** The `describe` blocks that are open now, the outermost first. */
  let groups = [];

  const add = (name, body) => {
    let id = [file, ...groups.map((group) => group.name), name].join(' › ');
    while (ids.has(id)) id += '´'; // two tests may have the same name
    ids.add(id);
    const around = groups;
    tests.push({ id, file, run: (limit) => runTest(around, body, limit) });
  };
  const group = (name, register) => {
    const outer = groups;
    groups = [...outer, { name, before: [], after: [] }];
    register();
    groups = outer;
  };
  /** Makes `it.each` of `it`, and `describe.each` of `describe`. */
  const each = (register) => (rows) => (title, body) => {
    for (const row of rows) {
      const values = Array.isArray(row) ? row : [row];
      register(format(title, ...values), () => body(...values));
    }
  };
  const skip = () => undefined;
  const it = Object.assign(add, { each: each(add), skip: Object.assign(skip, { each: () => skip }) });
  const describe = Object.assign(group, { each: each(group), skip });
  const hook = (when) => (fn) => void groups.at(-1)?.[when].push(fn);

  globalThis.__tests = {
    enter: (name) => {
      file = name;
      groups = [{ name: '', before: [], after: [] }];
    },
    api: { describe, it, test: it, expect, beforeEach: hook('before'), afterEach: hook('after') },
  };
  await import(bundle.href);
  return tests;
}

/** Runs one test. Its limit is waited for in many short timers: if the machine is busy, they take longer too, and the test isn't late. */
async function runTest(groups, body, limit) {
  let timer;
  const late = new Promise((resolve) => {
    const wait = (ticks) => {
      if (ticks <= 0) resolve(new Error(`timed out after ${limit} ms`));
      else timer = setTimeout(wait, TICK, ticks - 1);
    };
    wait(limit / TICK);
  });
  const error = await Promise.race([runWithHooks(groups, body), late]);
  clearTimeout(timer);
  return error;
}

/** Runs the hooks and the test. Resolves with the first error. */
async function runWithHooks(groups, body) {
  let failure;
  const attempt = async (fn) => {
    try {
      await fn();
    } catch (error) {
      failure ??= error ?? new Error(`the test threw ${error}`);
    }
  };
  for (const { before } of groups) for (const fn of before) await attempt(fn);
  if (failure === undefined) await attempt(body);
  for (const { after } of groups.toReversed()) for (const fn of after) await attempt(fn);
  return failure;
}
