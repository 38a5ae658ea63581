import assert from 'node:assert/strict';

export const frames = [
  {
    name: 'B4: in a frame all read callbacks run first, then all update, then all render callbacks, with the same time',
    async run({ page }) {
      const frames = await page.evaluate(async () => {
        const reactor = await startReactor();
        const frames = [];
        const natives = [];
        const native = (time) => {
          natives.push(time);
          requestAnimationFrame(native);
        };
        requestAnimationFrame(native);
        const write = (text, time) => {
          if (frames.at(-1)?.time !== time) frames.push({ time, calls: [] });
          frames.at(-1).calls.push(text);
        };
        for (const name of ['a', 'b']) {
          reactor.onFrame({
            render: ({ time }) => write(`render ${name}`, time),
            read: ({ time }) => write(`read ${name}`, time),
            update: ({ time }) => write(`update ${name}`, time),
          });
        }
        while (frames.length < 12) await new Promise(requestAnimationFrame);
        return frames.slice(0, 10).map(({ time, calls }) => ({ isNative: natives.includes(time), calls }));
      });
      const calls = ['read a', 'read b', 'update a', 'update b', 'render a', 'render b'];
      assert.deepEqual(frames, Array(10).fill({ isNative: true, calls }));
    },
  },
  {
    name: 'B4: delta is 0 in the first frame, then the time since the last frame, and at most 100 ms after a stall',
    async run({ page }) {
      const frames = await page.evaluate(async () => {
        const reactor = await startReactor();
        const frames = [];
        reactor.onFrame(({ time, delta }) => {
          frames.push({ time, delta });
          const end = performance.now() + (frames.length === 5 ? 400 : 0);
          while (performance.now() < end);
        });
        while (frames.length < 12) await new Promise(requestAnimationFrame);
        return frames;
      });
      for (const [index, { time, delta }] of frames.entries()) {
        const since = index === 0 ? 0 : time - frames[index - 1].time;
        assert.equal(delta, Math.min(since, 100), `frame ${index}`);
      }
      assert.ok(frames.some(({ delta }) => delta === 100));
    },
  },
  {
    name: 'B4: delta is 0 in the first frame after the page was hidden',
    async run({ page }) {
      await page.evaluate(async () => {
        const reactor = new BrowserReactor();
        const frames = [];
        Object.assign(globalThis, { frames, journal: new Journal(reactor) });
        void reactor.run();
        await running(reactor);
        reactor.onFrame(({ delta }) => frames.push(delta));
        while (frames.length < 3) await new Promise(requestAnimationFrame);
      });
      await page.hide();
      const seen = await page.evaluate(() => frames.length);
      await page.show();
      const first = await page.evaluate(async (seen) => {
        while (frames.length === seen) await new Promise(requestAnimationFrame);
        return frames[seen];
      }, seen);
      assert.equal(first, 0);
    },
  },
  {
    name: 'B4: with fixedStep update is called once for each step that has passed, and alpha is the rest',
    async run({ page }) {
      const { total, steps, alphas, deltas } = await page.evaluate(async () => {
        const reactor = await startReactor();
        const [deltas, alphas] = [[], []];
        let total = 0;
        let steps = 0;
        reactor.onFrame({ read: ({ delta }) => (total += delta) });
        reactor.onFrame(
          {
            update: ({ delta }) => {
              steps++;
              deltas.push(delta);
            },
            render: ({ alpha }) => alphas.push(alpha),
          },
          { fixedStep: 7 },
        );
        while (alphas.length < 40) await new Promise(requestAnimationFrame);
        await reactor.stop();
        return { total, steps, alphas, deltas };
      });
      assert.deepEqual([...new Set(deltas)], [7]);
      assert.ok(
        alphas.every((alpha) => alpha >= 0 && alpha < 1),
        alphas,
      );
      // A frame whose length is near a whole number of steps counts as that number (B22), so the sum may differ by half a step.
      assert.ok(
        Math.abs(steps * 7 + alphas.at(-1) * 7 - total) <= 7,
        `${steps} steps and ${alphas.at(-1)} of ${total} ms`,
      );
    },
  },
  {
    name: 'B4: a callback that throws is reported; it and the other callbacks are called in the next frame',
    async run({ page }) {
      const { first, second, errors } = await page.evaluate(async () => {
        const errors = [];
        const reactor = new BrowserReactor({ onError: (error) => errors.push(error.message) });
        void reactor.run();
        await running(reactor);
        const counts = { first: 0, second: 0 };
        reactor.onFrame(() => {
          throw new Error(`failed ${++counts.first}`);
        });
        reactor.onFrame(() => counts.second++);
        while (counts.second < 10) await new Promise(requestAnimationFrame);
        await reactor.stop();
        return { ...counts, errors };
      });
      assert.equal(first, second);
      assert.deepEqual(
        errors,
        Array.from({ length: first }, (_, index) => `failed ${index + 1}`),
      );
    },
  },
  {
    name: "B4: a callback that is removed during a frame isn't called in it; one that is added is called in the next frame",
    async run({ page }) {
      const calls = await page.evaluate(async () => {
        const reactor = await startReactor();
        const calls = [];
        const frame = new Promise((resolve) => {
          const first = reactor.onFrame(({ time }) => {
            calls.push('first');
            first.remove();
            second.remove();
            const third = reactor.onFrame((next) => {
              calls.push(next.time > time ? 'third, in the next frame' : 'third');
              third.remove();
              resolve();
            });
          });
        });
        const second = reactor.onFrame(() => calls.push('second'));
        await frame;
        return calls;
      });
      assert.deepEqual(calls, ['first', 'third, in the next frame']);
    },
  },
];
