/** `describe`, `it` and `test` as the tests know them from jest, for tests that run one after the other. */
import { format } from 'node:util';
import { expect } from 'expect';

const { setTimeout, clearTimeout } = globalThis; // tests may replace them

/** In milliseconds. */
const TICK = 25;

/** Loads a bundle of tests. Returns them in order, each with an `id`, its `file` and `run(limit)`, which resolves with its error, if any. */
export async function collectTests(bundle) {
  const tests = [];
  const ids = new Set();
  let file = '';
  /** The groups around what is registered now, the outermost first. */
  let groups = [];

  const add = (name, body) => {
    let id = [file, ...groups.map((group) => group.name), name].join(' › ');
    while (ids.has(id)) id += '´';
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
  /** `each(rows)(title, body)` of `register`. */
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

/** Counts the time in ticks of the event loop: a test isn't late since the machine is busy. */
async function runTest(groups, body, limit) {
  let timer;
  const late = new Promise((resolve) => {
    const wait = (ticks) => {
      if (ticks <= 0) resolve(new Error('not over at its limit'));
      else timer = setTimeout(wait, TICK, ticks - 1);
    };
    wait(limit / TICK);
  });
  const error = await Promise.race([runAll(groups, body), late]);
  clearTimeout(timer);
  return error;
}

async function runAll(groups, body) {
  let failure;
  const attempt = async (fn) => {
    try {
      await fn();
    } catch (error) {
      failure ??= error ?? new Error('thrown: nothing');
    }
  };
  for (const { before } of groups) for (const fn of before) await attempt(fn);
  if (failure === undefined) await attempt(body);
  for (const { after } of groups.toReversed()) for (const fn of after) await attempt(fn);
  return failure;
}
