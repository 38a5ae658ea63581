/**
 * The loops of the cases. `freshLoops()` returns a new copy of them. V8 keeps one feedback for all closures of a literal, so cases that shared
 * a loop would slow each other down.
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

/** For each of `places` of `items` in turn. */
export function atEach(places, items, fn) {
  for (const place of places) fn(items[place]);
}

/** Cancels what is at each of `places` and adds one in its stead. */
export function replaceEach(places, calls, cancel, add) {
  for (const place of places) {
    cancel(calls[place]);
    calls[place] = add();
  }
}

/** Resets what is at each of `places` to the delay that stands beside it. */
export function resetEach(places, calls, delays) {
  for (let i = 0; i < places.length; i++) calls[places[i]].reset(delays[i]);
}

/** Adds all of `fns`, then removes them in the order of `places`. */
export function addAndRemove(fns, places, add, remove) {
  const handles = new Array(fns.length).fill(undefined);
  for (let i = 0; i < fns.length; i++) handles[i] = add(fns[i]);
  for (const place of places) remove(handles[place], fns[place]);
}

/** Posts `fn` so often, then `last`. */
export function post(times, add, fn, last) {
  for (let i = 1; i < times; i++) add(fn);
  add(last);
}
