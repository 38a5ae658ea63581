import assert from 'node:assert/strict';

const STEP = 1000 / 60;

/** Browsers do not round timestamps, or they round them to 0.1 ms or to 1 ms. */
const GRAINS = [0, 0.1, 1];

/**
 * In a page: gives a reactor a steady source of frames, with a frame callback of these options. `grain` is what the timestamps are rounded to,
 * in milliseconds. Resolves with `{ frame, updates }` for each call: the number of the frame, and of the updates since the last call.
 */
async function playSteadyFrames({ hz, grain, frames, options }) {
  const reactor = await startReactor();
  let next;
  reactor.useFrames({ requestAnimationFrame: (callback) => (next = callback) && 1 });
  const calls = [];
  let [frame, updates] = [0, 0];
  const render = () => {
    calls.push({ frame, updates });
    updates = 0;
  };
  reactor.onFrame({ update: () => updates++, render }, options);
  for (; frame <= frames; frame++) {
    const time = 1_000 + (frame * 1_000) / hz;
    next(grain === 0 ? time : Math.round(time / grain) * grain);
  }
  await reactor.stop();
  return calls;
}

/** How often each number occurs. */
function tally(values) {
  const counts = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** The distances between neighbours in a list of frame numbers. */
const gaps = (frames) => frames.slice(1).map((frame, index) => frame - frames[index]);

const framesWithUpdates = (calls) => calls.filter(({ updates }) => updates > 0).map(({ frame }) => frame);
const sumOf = (calls, key) => calls.reduce((sum, call) => sum + call[key], 0);

export const frameFeatures = [
  {
    name: 'B22: on steady frames the steps are even: one in each frame at 60 Hz, and as even as possible at 75, 120 and 144 Hz',
    async run({ page }) {
      for (const grain of GRAINS) {
        const play = (hz) =>
          page.evaluate(playSteadyFrames, { hz, grain, frames: hz * 20, options: { fixedStep: 1000 / 60 } });
        const [at60, at75, at120, at144] = [await play(60), await play(75), await play(120), await play(144)];
        assert.deepEqual(tally(at60.slice(1).map(({ updates }) => updates)), { 1: 1_200 });
        assert.deepEqual(tally(gaps(framesWithUpdates(at120))), { 2: 1_199 });
        assert.deepEqual(Object.keys(tally(gaps(framesWithUpdates(at144)))), ['2', '3']);
        assert.deepEqual(Object.keys(tally(at75.slice(1).map(({ updates }) => updates))), ['0', '1']);
        if (grain < 1) assert.deepEqual(Object.keys(tally(gaps(framesWithUpdates(at75)))), ['1', '2']);
        for (const calls of [at75, at144]) assert.ok(Math.abs(sumOf(calls, 'updates') - 1_200) <= 3);
      }
    },
  },
  {
    name: 'B22: on steady frames maxFps: 30 calls back in every second frame at 60 Hz, and in every fourth at 120 Hz',
    async run({ page }) {
      for (const grain of GRAINS) {
        for (const { hz, every } of [
          { hz: 60, every: 2 },
          { hz: 120, every: 4 },
        ]) {
          const calls = await page.evaluate(playSteadyFrames, { hz, grain, frames: hz * 20, options: { maxFps: 30 } });
          assert.deepEqual(tally(gaps(calls.map(({ frame }) => frame))), { [every]: 600 });
        }
      }
    },
  },
  {
    name: "B22: on this machine's screen the steps follow the time, in each frame and in total",
    async run({ page }) {
      const shown = await page.evaluate(async () => {
        const reactor = await startReactor();
        const shown = [];
        let updates = 0;
        const render = ({ delta, alpha }) => {
          shown.push({ delta, alpha, updates });
          updates = 0;
        };
        reactor.onFrame({ update: () => updates++, render }, { fixedStep: 1000 / 60 });
        while (shown.length <= 300) await new Promise(requestAnimationFrame);
        await reactor.stop();
        return shown.slice(1);
      });
      let [time, steps] = [0, 0];
      for (const [index, { delta, alpha, updates }] of shown.entries()) {
        time += delta;
        steps += updates;
        // The counted time differs from the real time by half a step at most. In each frame
        // 1/128 of the difference is dropped: 1/256 of a step at most.
        const forgotten = (index + 1) / 256;
        assert.ok(
          Math.abs(steps + alpha - time / STEP) <= 0.5 + forgotten + 1e-6,
          JSON.stringify(shown.slice(0, index + 1)),
        );
        assert.ok(alpha >= 0 && alpha < 1);
      }
      assert.ok(time > 1_000);
    },
  },
  {
    name: "B22: on this machine's screen maxFps: 30 calls back at most 30 times a second, with the time since the last call",
    async run({ page }) {
      const calls = await page.evaluate(async () => {
        const reactor = await startReactor();
        const calls = [];
        let frames = [];
        reactor.onFrame(({ delta }) => frames.push(delta));
        reactor.onFrame(
          ({ delta }) => {
            calls.push({ delta, frames });
            frames = [];
          },
          { maxFps: 30 },
        );
        while (calls.length <= 90) await new Promise(requestAnimationFrame);
        await reactor.stop();
        return calls.slice(1);
      });
      let time = 0;
      for (const [index, { delta, frames }] of calls.entries()) {
        const passed = frames.reduce((sum, one) => sum + one, 0);
        // A frame longer than 100 ms counts as 100 ms for the other callback, and the delta of this callback is at most 100 ms too.
        assert.ok(
          Math.abs(delta - Math.min(passed, 100)) < 1e-6 || frames.includes(100),
          JSON.stringify({ delta, frames }),
        );
        time += passed;
        // A frame of 30 ms is long enough for the next call, so that a screen of 33 Hz gets all of its frames.
        assert.ok((index + 1) * 30 <= time * (1 + 1 / 128) + 60, `${index + 1} calls in ${time} ms`);
      }
    },
  },
  {
    name: 'B22, B25: every program for a page on docs/games.md shows a new number again and again, without an error',
    async run({ open }) {
      const list = await open('/games.html');
      const pages = await list.evaluate(() => pages);
      assert.ok(pages.length >= 3);
      for (const path of pages) {
        const page = await open(path);
        const { texts, errors } = await page.evaluate(async () => {
          const output = document.querySelector('output');
          const texts = new Set();
          while (texts.size < 10) {
            await new Promise(requestAnimationFrame);
            if (output.value !== '') texts.add(output.value);
          }
          return { texts: [...texts], errors };
        });
        assert.deepEqual(errors, []);
        assert.equal(texts.filter((text) => /\d/.test(text)).length, texts.length, path);
        await page.close();
      }
    },
  },
  {
    name: 'B14, B22 to B26: every program for a page on docs/browser.md and in the README of the package runs without an error',
    async run({ page, url, mailbox }) {
      const show = (path) => page.goto(url(`${path}${mailbox.query}`));
      await show('/documented.html');
      const pages = await page.evaluate(() => pages);
      assert.ok(pages.length >= 8);
      for (const path of pages) {
        await show(path);
        const errors = await page.evaluate(async () => {
          // The import of the program never resolves, since the program waits for the end of its run.
          for (let frame = 0; frame < 15; frame++) await new Promise(requestAnimationFrame);
          return errors;
        });
        assert.deepEqual([path, errors], [path, []]);
      }
    },
  },
  {
    name: 'B23: in each phase of a frame the callbacks run in the sequence of their order option',
    async run({ page }) {
      const calls = await page.evaluate(async () => {
        const reactor = await startReactor();
        const calls = [];
        for (const order of [1, -1, 0]) {
          const note = (phase) => () => calls.push(`${phase} ${order}`);
          reactor.onFrame({ render: note('render'), read: note('read'), update: note('update') }, { order });
        }
        while (calls.length < 9) await new Promise(requestAnimationFrame);
        return calls.slice(0, 9);
      });
      assert.deepEqual(
        calls,
        ['read', 'update', 'render'].flatMap((phase) => [-1, 0, 1].map((order) => `${phase} ${order}`)),
      );
    },
  },
  {
    name: 'B24: during an endless idle task the idle callbacks of the page and the frames go on',
    skip: { WebKit: 'it has no requestIdleCallback' },
    async run({ page }) {
      const { idleCallbacks, steps, frames } = await page.evaluate(async () => {
        const reactor = await startReactor();
        let steps = 0;
        let frames = 0;
        function* endless() {
          for (;;) {
            const end = performance.now() + 0.2;
            while (performance.now() < end);
            yield steps++;
          }
        }
        reactor.onFrame(() => frames++);
        const task = cooperate(reactor, endless(), { priority: 'idle' });
        let idleCallbacks = 0;
        for (; idleCallbacks < 20; idleCallbacks++) await new Promise((resolve) => requestIdleCallback(resolve));
        task.stop();
        return { idleCallbacks, steps, frames };
      });
      assert.equal(idleCallbacks, 20);
      assert.ok(steps > 0);
      assert.ok(frames > 0);
    },
  },
  {
    name: 'B24: without requestIdleCallback an idle task and the frames still go on',
    skip: { Chromium: 'it has requestIdleCallback', Firefox: 'it has requestIdleCallback' },
    async run({ page }) {
      const steps = await page.evaluate(async () => {
        const reactor = await startReactor();
        let steps = 0;
        let frames = 0;
        function* endless() {
          for (;;) yield steps++;
        }
        reactor.onFrame(() => frames++);
        const task = cooperate(reactor, endless(), { priority: 'idle' });
        while (frames < 20) await new Promise(requestAnimationFrame);
        task.stop();
        return steps;
      });
      assert.ok(steps > 0);
    },
  },
  {
    name: 'B25: delta follows a scaled clock, and the callback is not called while that clock is paused',
    async run({ page }) {
      const { real, half, paused, resumed } = await page.evaluate(async () => {
        const reactor = await startReactor();
        const clock = scaledClock(reactor, { rate: 0.5 });
        const sums = { real: 0, half: 0, calls: 0, frames: 0 };
        const next = async (frames) => {
          for (const end = sums.frames + frames; sums.frames < end;) await new Promise(requestAnimationFrame);
        };
        reactor.onFrame(({ delta }) => {
          sums.real += delta;
          sums.frames++;
        });
        reactor.onFrame(
          ({ delta }) => {
            sums.half += delta;
            sums.calls++;
          },
          { clock },
        );
        await next(60);
        const { real, half } = sums;
        clock.pause();
        await next(2); // the clock is paused in the middle of a frame
        const { calls } = sums;
        await next(10);
        const paused = sums.calls - calls;
        clock.resume();
        await next(5);
        return { real, half, paused, resumed: sums.calls - calls };
      });
      assert.ok(Math.abs(half / real - 0.5) < 0.05, `${half} of ${real} ms`);
      assert.equal(paused, 0);
      assert.ok(resumed > 0);
    },
  },
  {
    name: 'B25: at() calls once when the wall clock has reached the date',
    async run({ page }) {
      const late = await page.evaluate(async () => {
        const reactor = await startReactor();
        const date = Date.now() + 150;
        const called = await new Promise((resolve) => at(reactor, new Date(date), () => resolve(Date.now())));
        return called - date;
      });
      assert.ok(late >= 0 && late < 5_000, `${late} ms late`);
    },
  },
];
