/**
 * The Deno program of the topic `deno` (D2, D3). Its argument is the strategy: what it queues calls with. It serves HTTP. A request of `/flood` makes
 * it keep its queue full for a second; then it prints how often an interval of 5 ms has fired in that time. It also prints the time when SIGINT
 * arrives. With the argument `count` it only counts the turns that microtasks enter.
 */
import { DenoReactor } from '@triphase/deno-shim';

const FLOOD_MS = 1_000;
const INTERVAL_MS = 5;

const [strategy] = Deno.args;
const say = (message) => console.log(JSON.stringify(message));
const wallClock = () => performance.timeOrigin + performance.now();

/** Each returns the function that queues the next call. */
const strategies = {
  idle: () => undefined,
  Triphase: async () => {
    const reactor = new DenoReactor({ signals: false });
    void reactor.run();
    return (fn) => reactor.callSoon(fn);
  },
  microtasks: () => queueMicrotask,
  'setImmediate each': () => setImmediate,
};

/** Runs three promise chains of 2 000 calls each, and prints the most turns in a row that microtasks entered, with no macrotask between them. */
async function count() {
  let inARow = 0;
  let most = 0;
  let byMicrotask = 0;
  const counted = (isMicrotask, callback) => () => {
    const { turns } = reactor.stats();
    if (!isMicrotask) inARow = 0;
    callback();
    if (!isMicrotask || reactor.stats().turns === turns) return;
    byMicrotask++;
    most = Math.max(most, ++inARow);
  };
  const reactor = new DenoReactor({
    signals: false,
    host: {
      queueMicrotask: (callback) => queueMicrotask(counted(true, callback)),
      setImmediate: (callback) => setImmediate(counted(false, callback)),
      setTimeout: (callback, ms) => setTimeout(counted(false, callback), ms),
    },
  });
  void reactor.run();
  const chain = async () => {
    for (let n = 0; n < 2_000; n++) {
      await new Promise((resolve) => reactor.callSoon(resolve));
      // Sometimes a macrotask, as in a program that does other work too.
      if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve));
    }
  };
  await Promise.all([chain(), chain(), chain()]);
  await reactor.stop();
  say({ most, byMicrotask, turns: reactor.stats().turns });
}

/** Keeps the queue full for a second. Without `enqueue` it only waits. */
function flood(enqueue) {
  const end = performance.now() + FLOOD_MS;
  let fires = 0;
  let isOver = false;
  // Counts only while the queue is full.
  const interval = setInterval(() => isOver || fires++, INTERVAL_MS);
  const finish = () => {
    isOver = true;
    clearInterval(interval);
    say({ fires });
  };
  if (enqueue === undefined) {
    setTimeout(finish, FLOOD_MS);
    return;
  }
  const step = () => {
    if (performance.now() < end) enqueue(step);
    else finish();
  };
  step();
}

if (strategy === 'count') await count();
else {
  const enqueue = await strategies[strategy]();
  Deno.addSignalListener('SIGINT', () => say({ signalAt: wallClock() }));
  const onListen = ({ port }) => say({ port });
  Deno.serve({ port: 0, hostname: '127.0.0.1', onListen }, (request) => {
    if (new URL(request.url).pathname === '/flood') setTimeout(() => flood(enqueue), 20);
    return new Response('hello\n');
  });
}
