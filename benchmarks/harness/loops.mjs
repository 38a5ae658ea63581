/**
 * The loops that the cases run in. `freshLoops()` loads a new copy of this module. Each case needs its own copy: V8 keeps one set of type feedback
 * for all closures of a function literal, so cases that share a loop slow each other down.
 */
let copies = 0;
export const freshLoops = () => import(`./loops.mjs?copy=${copies++}`);

export function repeat(times, fn) {
  for (let i = 0; i < times; i++) fn();
}

export async function repeatInTurn(times, fn) {
  for (let i = 0; i < times; i++) await fn();
}

/** Adds one call for each of `delays` to `calls`. */
export function addAll(calls, delays, add) {
  for (let i = 0; i < delays.length; i++) calls[i] = add(delays[i]);
}

/** Calls `fn` with each of `items`, in the order of `indexes`. */
export function atEach(indexes, items, fn) {
  for (const index of indexes) fn(items[index]);
}

/** Cancels each call, in the order of `indexes`, and puts a new one in its place. */
export function replaceEach(indexes, calls, cancel, add) {
  for (const index of indexes) {
    cancel(calls[index]);
    calls[index] = add();
  }
}

/** Resets each call, in the order of `indexes`, to the delay with the same position in `delays`. */
export function resetEach(indexes, calls, delays) {
  for (let i = 0; i < indexes.length; i++) calls[indexes[i]].reset(delays[i]);
}

/** Adds all of `fns`, then removes them in the order of `indexes`. */
export function addAndRemove(fns, indexes, add, remove) {
  const handles = new Array(fns.length).fill(undefined);
  for (let i = 0; i < fns.length; i++) handles[i] = add(fns[i]);
  for (const index of indexes) remove(handles[index], fns[index]);
}

/** Posts `times` calls: all of them are `fn`, but the last one is `last`. */
export function post(times, add, fn, last) {
  for (let i = 1; i < times; i++) add(fn);
  add(last);
}
