import assert from 'node:assert/strict';

/** The share of frames that may be uneven, where drift has added up (B22). Without even steps it is a sixth to a third. */
const UNEVEN = 0.1;

const STEP = 1000 / 60;
const rest = (delta) => delta - STEP * Math.round(delta / STEP);

/** Frames near whole numbers of steps that come to a whole number together. A busy machine has others too, whose drift counts in the end (B22). */
const isSteadyRun = (frames) =>
  frames.every(({ delta }) => Math.abs(rest(delta)) < STEP / 6) &&
  Math.abs(frames.reduce((sum, { delta }) => sum + rest(delta), 0)) < STEP / 4;

export const frameFeatures = [
  {
    name: 'B22: on the screen at hand each frame has as many fixed steps as it is long',
    async run({ page }) {
      const shown = await page.evaluate(async () => {
        const reactor = await startReactor();
        const shown = [];
        let updates = 0;
        const render = ({ delta }) => {
          shown.push({ delta, updates });
          updates = 0;
        };
        reactor.onFrame({ update: () => updates++, render }, { fixedStep: 1000 / 60 });
        while (shown.length <= 600) await new Promise(requestAnimationFrame);
        await reactor.stop();
        return shown.slice(1);
      });
      const runs = Array.from({ length: 20 }, (_, run) => shown.slice(30 * run, 30 * (run + 1)));
      const steady = runs.filter(isSteadyRun).flat();
      const uneven = steady.filter(({ delta, updates }) => updates !== Math.round(delta / STEP));
      assert.ok(uneven.length <= steady.length * UNEVEN, JSON.stringify(uneven));
      const steps = shown.reduce((sum, { updates }) => sum + updates, 0);
      const time = shown.reduce((sum, { delta }) => sum + delta, 0);
      assert.ok(Math.abs((steps * 1000) / 60 / time - 1) < 0.02, `${steps} steps in ${time} ms`);
    },
  },
  {
    name: 'B22: maxFps 30 calls back in every other frame',
    async run({ page }) {
      const calls = await page.evaluate(async () => {
        const reactor = await startReactor();
        const calls = [];
        let frames = [];
        reactor.onFrame(({ delta }) => frames.push(delta));
        reactor.onFrame(
          () => {
            calls.push(frames);
            frames = [];
          },
          { maxFps: 30 },
        );
        while (calls.length < 300) await new Promise(requestAnimationFrame);
        await reactor.stop();
        return calls.slice(1);
      });
      // Those with another call before them that came on a steady screen: a frame that was dropped counts for two.
      const isSteady = (frames) => frames.every((delta) => delta > 12 && delta < 21);
      const steady = calls.filter((frames, index) => index > 0 && isSteady(frames) && isSteady(calls[index - 1]));
      assert.ok(steady.length > 0);
      const uneven = steady.filter((frames) => frames.length !== 2);
      assert.ok(uneven.length <= steady.length * UNEVEN, JSON.stringify(uneven));
    },
  },
  {
    name: 'B22, B25: every program for a page on docs/games.md goes on from step to step',
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
    name: 'B23: in each phase of a frame callbacks come by their order',
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
    name: "B24: under an endless idle task the page's own idle callbacks come, and frames go on",
    skip: { WebKit: 'it has no requestIdleCallback' },
    async run({ page }) {
      const { own, steps, frames } = await page.evaluate(async () => {
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
        let own = 0;
        for (; own < 20; own++) await new Promise((resolve) => requestIdleCallback(resolve));
        task.stop();
        return { own, steps, frames };
      });
      assert.equal(own, 20);
      assert.ok(steps > 0);
      assert.ok(frames > 0);
    },
  },
  {
    name: 'B24: where there is no requestIdleCallback an idle task goes on all the same, and so do frames',
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
    name: 'B25: delta follows a scaled clock, and while that is paused the callback is not called',
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
        await next(2); // the rest of the frame in which it was paused
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
    name: 'B25: at() calls once, when the wall clock has reached the date',
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
  {
    name: 'B26: frames come from another window, and from that of the page again once the other is gone',
    async run({ page }) {
      const { native, others, own } = await page.evaluate(async () => {
        const reactor = await startReactor();
        const frame = document.createElement('iframe');
        frame.src = '/empty.html';
        await new Promise((resolve) => {
          frame.addEventListener('load', resolve);
          document.body.append(frame);
        });
        const source = frame.contentWindow;
        const native = [];
        const note = (time) => {
          native.push(time);
          source.requestAnimationFrame(note);
        };
        source.requestAnimationFrame(note);
        const times = [];
        const seen = (count) =>
          new Promise((resolve) => {
            const end = times.length + count;
            const handle = reactor.onFrame(() => {
              if (times.length < end) return;
              handle.remove();
              resolve();
            });
          });
        reactor.onFrame(({ time }) => times.push(time));
        await seen(3);
        const before = times.length;
        reactor.useFrames(source);
        await seen(10);
        const others = times.slice(before);
        frame.remove();
        const requested = calls.requestAnimationFrame;
        await seen(5);
        await reactor.stop();
        return { native, others, own: calls.requestAnimationFrame - requested };
      });
      assert.ok(others.length >= 10);
      assert.deepEqual(
        others.filter((time) => !native.includes(time)),
        [],
      );
      assert.ok(own >= 5, `${own} frames of the page`);
    },
  },
];
