/** Prints how many bytes each of so many live timed calls takes. */
import { shuffled } from '../harness/random.mjs';
import { startReactor } from '../harness/reactor.mjs';

const [kind, delays, text] = process.argv.slice(2);
const count = Number(text);
const reactor = await startReactor();
const kinds = {
  triphase: { add: (ms, fn) => reactor.callLater(ms, fn), cancel: (call) => call.cancel() },
  node: { add: (ms, fn) => setTimeout(fn, ms), cancel: (timer) => clearTimeout(timer) },
  // Three words and two fields, 40 bytes: whether this program counts right.
  object: { add: (ms, fn) => ({ fn, ms: 1 }), cancel: () => undefined },
};
const { add, cancel } = kinds[kind];

/** What lives on the heap, and beside it in typed arrays. */
function used() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** In a function, so that nothing it made on the way is kept by this module's frame, and counted before but not after. */
function chooseDelays() {
  const order = delays === 'same' ? new Array(count).fill(0) : shuffled(count);
  // Small integers, as users write them: a number from a Float64Array takes 16 bytes more where it is kept.
  return order.map((place) => 600_000 + place);
}

function addAll(calls, fns, times) {
  for (let i = 0; i < calls.length; i++) calls[i] = add(times[i], fns[i]);
}

let called = 0;
const times = chooseDelays();
const fns = Array.from({ length: count }, () => () => void called++);
const calls = new Array(count).fill(undefined);
// Everything is created and compiled before the count begins.
for (let i = 0; i < 1e3; i++) cancel(add(90_000 + i, fns[i]));
const before = used();
addAll(calls, fns, times);
const after = used();
console.log(JSON.stringify((after - before) / count));
// All of it was alive until here.
process.exit(fns.length + calls.length + times.length === 3 * count && called === 0 ? 0 : 1);
