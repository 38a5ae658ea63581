/** Runs in a page, for bench:frames: endless load, a callback that fails once, and beacons. frames.mjs calls `globalThis.bench`. */
import { BrowserReactor } from '@triphase/browser-reactor';
import { frame } from 'motion-dom';
import { Ticker } from 'pixi.js';
import { animationFrameScheduler } from 'rxjs';
import { unstable_NormalPriority, unstable_scheduleCallback } from 'scheduler';

const nextFrame = () => new Promise(requestAnimationFrame);

async function startReactor(options) {
  const reactor = new BrowserReactor(options);
  void reactor.run();
  await new Promise((resolve) => reactor.callWhenRunning(resolve));
  return reactor;
}

/** How each library queues a call: a function that resolves with `queue(call)`. */
const queues = {
  'frames alone': () => () => undefined,
  'triphase callSoon': async () => {
    const reactor = await startReactor();
    return (call) => reactor.callSoon(call);
  },
  'React scheduler': () => (call) => unstable_scheduleCallback(unstable_NormalPriority, call),
  'RxJS animationFrameScheduler': () => (call) => animationFrameScheduler.schedule(call),
};

/** The calls that are pending at any time: together they fill more than a frame. */
const PENDING = 20;

/** Runs calls of 1 ms without a pause for `ms`. Measures the frames of the page and a timer of 10 ms in that time. */
async function saturate(name, ms) {
  const queue = await queues[name]();
  const calls = { made: 0, busyMs: 0 };
  let isOver = false;
  const call = () => {
    const since = performance.now();
    let now = since;
    while (now - since < 1) now = performance.now();
    calls.made += 1;
    calls.busyMs += now - since;
    if (!isOver) queue(call);
  };
  await nextFrame();
  for (let n = 0; n < PENDING; n++) queue(call);
  await nextFrame();
  Object.assign(calls, { made: 0, busyMs: 0 });
  const gaps = [];
  const late = [];
  const since = performance.now();
  const timer = (asked) => {
    setTimeout(() => {
      late.push(performance.now() - asked - 10);
      if (!isOver) timer(performance.now());
    }, 10);
  };
  timer(since);
  for (let last = since; last - since < ms;) {
    await nextFrame();
    const now = performance.now();
    gaps.push(now - last);
    last = now;
  }
  isOver = true;
  const took = performance.now() - since;
  return { took, calls: calls.made, busyMs: calls.busyMs, gaps, late, isolated: crossOriginIsolated };
}

/** Makes a loop of a queue. The call queues itself again before it does anything else, so that an error can't prevent that. */
const again = (queue) => (call) => {
  const repeat = () => {
    queue(repeat);
    call();
  };
  queue(repeat);
};

/** How each library calls a function in every frame, or again and again: a function that resolves with `repeat(call)`. */
const loops = {
  'triphase onFrame': async () => {
    const reactor = await startReactor({ onError: () => undefined });
    return (call) => reactor.onFrame(call);
  },
  'triphase callSoon': async () => {
    const reactor = await startReactor({ onError: () => undefined });
    return again((call) => reactor.callSoon(call));
  },
  'React scheduler': async () => again(await queues['React scheduler']()),
  'RxJS animationFrameScheduler': async () => again(await queues['RxJS animationFrameScheduler']()),
  'Pixi Ticker': () => {
    const ticker = new Ticker();
    ticker.autoStart = true;
    return (call) => ticker.add(call);
  },
  'Motion frame': () => (call) => frame.update(call, true),
  'GSAP ticker': async () => {
    const { gsap } = await import('gsap'); // imported here, as the import starts its ticker
    return (call) => gsap.ticker.add(call);
  },
};

/**
 * Repeats three callbacks. The second one throws once. Resolves with how often each is called in the 30 frames after that, and in 30 more frames with
 * a new callback.
 */
async function failOnce(name) {
  const repeat = await loops[name]();
  const counts = { before: 0, failing: 0, after: 0, new: 0 };
  const failed = new Promise((resolve) => {
    repeat(() => counts.before++);
    repeat(() => {
      counts.failing += 1;
      if (counts.failing !== 5) return;
      resolve();
      throw new Error('once');
    });
    repeat(() => counts.after++);
  });
  addEventListener('error', (event) => event.preventDefault());
  const inFrames = async (count) => {
    const then = { ...counts };
    for (let n = 0; n < count; n++) await nextFrame();
    return Object.fromEntries(Object.keys(counts).map((key) => [key, counts[key] - then[key]]));
  };
  await failed;
  await nextFrame();
  const alone = await inFrames(30);
  repeat(() => counts.new++);
  return { alone, withNew: await inFrames(30) };
}

/** Sends a beacon at once, and one ten awaits later. */
async function sendTwo(send, phase) {
  send(phase);
  for (let hop = 0; hop < 10; hop++) await undefined;
  send(`${phase} later`);
}

/** Sends six beacons in `event`, two from each phase. */
async function sendIn(event) {
  const reactor = await startReactor();
  const trigger = ({ phase }) => sendTwo((body) => reactor.send('/beacon', body), phase);
  reactor.on(event, { before: trigger, during: trigger, after: trigger });
}

/** Sends six beacons in a listener of `pagehide`, without a reactor. */
function sendInListener() {
  addEventListener('pagehide', async () => {
    for (const phase of ['before', 'during', 'after']) {
      await sendTwo((body) => navigator.sendBeacon('/beacon', body), phase);
    }
  });
}

globalThis.bench = {
  queues: Object.keys(queues),
  loops: Object.keys(loops),
  failOnce,
  saturate,
  sendIn,
  sendInListener,
};
