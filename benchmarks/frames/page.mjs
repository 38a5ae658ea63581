/** In a page: loads without end, what one failing callback does, and beacons. `globalThis.bench` is what frames.mjs calls. */
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

/** What each calls "run this soon". */
const queues = {
  'frames alone': () => () => undefined,
  'triphase callSoon': async () => {
    const reactor = await startReactor();
    return (call) => reactor.callSoon(call);
  },
  'React scheduler': () => (call) => unstable_scheduleCallback(unstable_NormalPriority, call),
  'RxJS animationFrameScheduler': () => (call) => animationFrameScheduler.schedule(call),
};

/** As many calls are outstanding at any time as fill more than a frame. */
const OUTSTANDING = 20;

/** Calls of 1 ms without end, for `ms`: how the page keeps its frames and a timer of 10 ms meanwhile. */
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
  for (let n = 0; n < OUTSTANDING; n++) queue(call);
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

/** For a queue: a call that asks to be called again before it does anything, so that an error cannot keep it from that. */
const again = (queue) => (call) => {
  const repeat = () => {
    queue(repeat);
    call();
  };
  queue(repeat);
};

/** What each calls "call this in every frame", or again and again. */
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
    const { gsap } = await import('gsap'); // Its ticker runs once it is imported.
    return (call) => gsap.ticker.add(call);
  },
};

/** Three callbacks, the second of which fails once: how often each is called in the 30 frames after, and in 30 more with a new one. */
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

/** The same from a listener, without a reactor. */
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
