/** Runs in a page, for bench:frames: counts the steps and calls that our loop and those of peers make in each frame. pace.mjs calls `globalThis.tickers`. */
import { BrowserReactor } from '@triphase/browser-reactor';
import { delay, frame } from 'motion-dom';
import { Ticker } from 'pixi.js';
import { animationFrameScheduler, animationFrames } from 'rxjs';

const STEP = 1000 / 60;
const CAP = 30;

/** Whether this is the time between two frames of a 60 Hz screen. On a busy machine it is shorter or longer. */
const isSteady = (gap) => gap > 12.5 && gap < 21;

/** Makes `steps` of `each`, as game loops do: adds up the deltas, and calls back with the number of steps that are due. */
const accumulated = (each) => (call) => {
  let left = 0;
  each((delta) => {
    let steps = 0;
    for (left += delta; left >= STEP; left -= STEP) steps += 1;
    call(steps);
  });
};

/**
 * Each loop: `each(call)` in every frame with its delta, `steps(call)` with the steps that are due, `capped(call)` at most 30 times a second,
 * `later(ms, call)` once after a time. A loop without such a feature doesn't have the method.
 */
const loops = {
  'triphase onFrame': async () => {
    const reactor = new BrowserReactor();
    void reactor.run();
    let steps = 0;
    return {
      each: (call) => reactor.onFrame(({ delta }) => call(delta)),
      steps: (call) => {
        const render = () => {
          call(steps);
          steps = 0;
        };
        reactor.onFrame({ update: () => steps++, render }, { fixedStep: STEP });
      },
      capped: (call) => reactor.onFrame(call, { maxFps: CAP }),
      later: (ms, call) => reactor.callLater(ms, call),
    };
  },
  'Pixi Ticker': async () => {
    const ticker = new Ticker();
    ticker.autoStart = true;
    const each = (call) => ticker.add(() => call(ticker.deltaMS));
    const capped = (call) => {
      ticker.maxFPS = CAP;
      ticker.add(call);
    };
    return { each, steps: accumulated(each), capped };
  },
  'Motion frame': async () => {
    const each = (call) => frame.update(({ delta }) => call(delta), true);
    return { each, steps: accumulated(each), later: (ms, call) => delay(call, ms) };
  },
  'GSAP ticker': async () => {
    const { gsap } = await import('gsap'); // imported here, as the import starts its ticker
    const each = (call) => gsap.ticker.add((_, delta) => call(delta));
    const capped = (call) => {
      gsap.ticker.fps(CAP);
      gsap.ticker.add(call);
    };
    return { each, steps: accumulated(each), capped, later: (ms, call) => gsap.delayedCall(ms / 1_000, call) };
  },
  'RxJS animationFrames': async () => {
    const each = (call) => {
      let last = 0;
      animationFrames().subscribe(({ elapsed }) => {
        call(elapsed - last);
        last = elapsed;
      });
    };
    return { each, steps: accumulated(each), later: (ms, call) => animationFrameScheduler.schedule(call, ms) };
  },
};

/** Counting ends after this time, also on a machine that is too busy for steady frames. Milliseconds. */
const LIMIT = 15_000;

const nextFrame = () => new Promise(requestAnimationFrame);

/** Counts steady frames by their number of steps: `{ 0: 1, 1: 299 }`. */
async function steps(name, count) {
  const { steps } = await loops[name]();
  const frames = {};
  let last = 0;
  let counted = -10; // the first ten frames start the loop
  steps((due) => {
    const now = document.timeline.currentTime;
    if (isSteady(now - last) && ++counted > 0) frames[due] = (frames[due] ?? 0) + 1;
    last = now;
  });
  for (const end = performance.now() + LIMIT; counted < count && performance.now() < end;) await nextFrame();
  return frames;
}

/** Counts calls under a cap of 30 a second, by the number of steady frames since the last call: `{ 2: 100 }`. */
async function capped(name, count) {
  const { capped } = await loops[name]();
  if (capped === undefined) return 'has no cap';
  let counted = -5;
  const calls = {};
  let passed = 0;
  let isEven = true;
  let last = 0;
  // Counts each frame once, whether this or the loop comes first in it.
  const countFrame = () => {
    const now = document.timeline.currentTime;
    if (now === last) return;
    passed += 1;
    isEven &&= isSteady(now - last);
    last = now;
  };
  capped(() => {
    countFrame();
    if (isEven && ++counted > 0) calls[passed] = (calls[passed] ?? 0) + 1;
    passed = 0;
    isEven = true;
  });
  for (const end = performance.now() + LIMIT; counted < count && performance.now() < end;) {
    await nextFrame();
    countFrame();
  }
  return calls;
}

/** Records in `seen` what a loop does from now on: the delta of each call. `ask()` makes a timed call of 300 ms; `seen.later` says when it came. */
async function watch(name) {
  const { each, later } = await loops[name]();
  const seen = { deltas: [], later: later === undefined ? 'has none' : 'none' };
  each((delta) => seen.deltas.push(delta));
  const ask = () => {
    const asked = performance.now();
    later?.(300, () => (seen.later = performance.now() - asked));
  };
  return { seen, ask };
}

globalThis.tickers = { names: Object.keys(loops), steps, capped, watch };
