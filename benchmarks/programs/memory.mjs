/**
 * The program of the topic `memory` (P5): creates timed calls and prints the bytes of memory for each. Arguments: what it creates (`triphase`,
 * `node`, `object`), the delays (`same`, or random ones), and the number of calls. Needs --expose-gc.
 */
import { shuffled } from '../harness/random.mjs';
import { startReactor } from '../harness/reactor.mjs';

const [kind, delays, text] = process.argv.slice(2);
const count = Number(text);
const reactor = await startReactor();
const kinds = {
  triphase: { add: (ms, fn) => reactor.callLater(ms, fn), cancel: (call) => call.cancel() },
  node: { add: (ms, fn) => setTimeout(fn, ms), cancel: (timer) => clearTimeout(timer) },
  // A check of this program: an object of two fields has 40 bytes.
  object: { add: (ms, fn) => ({ fn, ms: 1 }), cancel: () => undefined },
};
const { add, cancel } = kinds[kind];

/** The bytes of live objects on the heap, and of typed arrays. */
function used() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A function of its own: its temporary arrays are garbage when it returns, so they don't count. */
function chooseDelays() {
  const order = delays === 'same' ? new Array(count).fill(0) : shuffled(count);
  // Small integers, as programs write them. A number from a Float64Array would need 16 bytes more.
  return order.map((place) => 600_000 + place);
}

function addAll(calls, fns, times) {
  for (let i = 0; i < calls.length; i++) calls[i] = add(times[i], fns[i]);
}

let called = 0;
const times = chooseDelays();
const fns = Array.from({ length: count }, () => () => void called++);
const calls = new Array(count).fill(undefined);
// Compiles the code, and creates what is created once, before the count begins.
for (let i = 0; i < 1e3; i++) cancel(add(90_000 + i, fns[i]));
const before = used();
addAll(calls, fns, times);
const after = used();
console.log(JSON.stringify((after - before) / count));
// Uses all of it here, so that it is alive until now.
process.exit(fns.length + calls.length + times.length === 3 * count && called === 0 ? 0 : 1);
