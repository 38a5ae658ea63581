import assert from 'node:assert/strict';
import { runWithJournal } from '../in-page.mjs';
import { phases } from '../journal.mjs';

export const visibility = [
  {
    name: 'B8: switching to another tab and back fires hidden and visible, once each, in three phases',
    async run({ page }) {
      await page.evaluate(runWithJournal);
      await page.hide();
      await page.evaluate(() => journal.has('hidden after').then(() => undefined));
      await page.show();
      const lines = await page.evaluate(() => journal.has('visible after'));
      assert.deepEqual(lines, [...phases('hidden'), ...phases('visible')]);
    },
  },
  {
    name: 'B11: hidden waits for the answer of a server when the user only switches tabs',
    async run({ page }) {
      await page.evaluate(runWithJournal);
      await page.evaluate(() => {
        reactor.on('hidden', {
          before: async () => {
            const { status } = await fetch('/empty.html');
            journal.write(`answered ${status}`);
          },
        });
      });
      await page.hide();
      const lines = await page.evaluate(() => journal.has('hidden after'));
      assert.deepEqual(lines, ['hidden before', 'answered 200', 'hidden during', 'hidden after']);
    },
  },
  {
    name: 'B8: during another event a hidden and a visible that cancel each other out are dropped',
    async run({ page }) {
      await page.evaluate(runWithJournal);
      await page.evaluate(() => {
        const released = new Promise((resolve) => Object.assign(globalThis, { release: resolve }));
        reactor.on('hidden', { before: () => released });
      });
      await page.hide();
      for (let times = 0; times < 2; times++) {
        await page.show();
        await page.hide();
      }
      await page.show();
      const lines = await page.evaluate(async () => {
        release();
        await journal.has('visible after');
        // Another event would follow at once.
        await new Promise((resolve) => reactor.callLater(50, resolve));
        return journal.lines;
      });
      assert.deepEqual(lines, [...phases('hidden'), ...phases('visible')]);
    },
  },
  {
    name: 'B8: a page that is loaded in a hidden tab fires startup, and fires visible when it is shown',
    async run({ page, url, mailbox }) {
      await page.hide();
      await page.goto(url(`/page.html${mailbox.query}`));
      await page.evaluate(runWithJournal);
      assert.equal(await page.evaluate(() => document.visibilityState), 'hidden');
      await page.show();
      const lines = await page.evaluate(() => journal.has('visible after'));
      assert.deepEqual(lines, phases('visible'));
    },
  },
  {
    name: 'B5: in a hidden page an idle reactor requests nothing and calls no frame callback, with each whenHidden',
    async run({ page }) {
      await page.evaluate(async () => {
        const frames = { run: 0, throttle: 0, pause: 0 };
        const reactors = Object.keys(frames).map((whenHidden) => new BrowserReactor({ whenHidden }));
        const journals = reactors.map((reactor) => new Journal(reactor));
        for (const [index, policy] of Object.keys(frames).entries()) {
          reactors[index].onFrame(() => frames[policy]++);
          void reactors[index].run();
        }
        await Promise.all(reactors.map(running));
        while (Object.values(frames).includes(0)) await new Promise(requestAnimationFrame);
        Object.assign(globalThis, { frames, journals });
      });
      await page.hide();
      const [before, after] = await page.evaluate(async () => {
        await Promise.all(journals.map((journal) => journal.has('hidden after')));
        // Each of the three reactors takes one more turn to end its firing.
        await pass(1_500);
        const before = { ...calls, ...frames };
        await pass(2_500);
        return [before, { ...calls, ...frames }];
      });
      assert.deepEqual(after, before);
      await page.show();
      await page.evaluate(async (before) => {
        while (Object.keys(frames).some((policy) => frames[policy] === before[policy])) {
          await new Promise(requestAnimationFrame);
        }
      }, before);
    },
  },
  {
    name: "B5: with whenHidden: 'throttle' each slice in a hidden page takes one timer, no frame and no message",
    async run({ page }) {
      await page.evaluate(runWithJournal, { maxBatch: 50 });
      await page.hide();
      const { order, before, after } = await page.evaluate(async () => {
        await journal.has('hidden after');
        await new Promise((resolve) => reactor.callSoon(resolve));
        const before = { ...calls };
        const order = [];
        await new Promise((resolve) => {
          for (let n = 0; n < 100; n++) reactor.callSoon(() => order.push(n) === 100 && resolve());
        });
        return { order, before, after: { ...calls } };
      });
      assert.deepEqual(order, [...Array(100).keys()]);
      assert.ok(
        after.setTimeout - before.setTimeout <= 3,
        `${after.setTimeout - before.setTimeout} timers for two slices`,
      );
      assert.deepEqual({ ...after, setTimeout: 0 }, { ...before, setTimeout: 0 });
    },
  },
  {
    name: "B6: with whenHidden: 'pause' no call runs in a hidden page; when it is shown each call runs once, in order",
    async run({ page }) {
      await page.evaluate(runWithJournal, { whenHidden: 'pause' });
      await page.hide();
      const hidden = await page.evaluate(async () => {
        await journal.has('hidden after');
        const ran = [];
        globalThis.ran = ran;
        for (let n = 0; n < 20; n++) {
          const ms = 10 * (1 + ((n * 7) % 20)); // far enough apart to differ on a coarse clock
          reactor.callLater(ms, () => ran.push(ms));
        }
        for (const n of ['a', 'b', 'c']) reactor.callSoon(() => ran.push(n));
        const before = { ...calls };
        await pass(1_500);
        return { ran: [...ran], before, after: { ...calls } };
      });
      assert.deepEqual(hidden.ran, []);
      assert.deepEqual(hidden.after, hidden.before);
      await page.show();
      const ran = await page.evaluate(async () => {
        while (ran.length < 23) await new Promise(requestAnimationFrame);
        await new Promise((resolve) => reactor.callLater(30, resolve));
        return ran;
      });
      assert.deepEqual(
        ran.filter((one) => typeof one === 'number'),
        Array.from({ length: 20 }, (_, index) => 10 * (index + 1)),
      );
      assert.deepEqual(
        ran.filter((one) => typeof one === 'string'),
        ['a', 'b', 'c'],
      );
    },
  },
];
