import assert from 'node:assert/strict';
import { phases } from '../journal.mjs';

/** In a page: starts a worker with a bridge to its reactor, and makes the global `ask`, which runs functions there. */
async function startWorker() {
  const worker = new Worker(`/worker.mjs${location.search}`, { type: 'module' });
  const ask = askThrough((message, transfer) => worker.postMessage(message, transfer));
  bridgePage(worker);
  Object.assign(globalThis, { ask });
  await ask(() => new Promise((resolve) => reactor.callWhenRunning(resolve)));
}

export const worker = [
  {
    name: 'B7: the reactor of a worker runs queued calls, timed calls and frame callbacks',
    async run({ page }) {
      await page.evaluate(startWorker);
      const order = await page.evaluate(() =>
        ask(async () => {
          const order = [];
          await new Promise((resolve) => {
            reactor.callLater(20, () => order.push('later'));
            reactor.callSoon(() => order.push('soon'));
            reactor.callLater(40, resolve);
          });
          await new Promise((resolve) => {
            let frames = 0;
            const handle = reactor.onFrame(() => {
              if (++frames < 5) return;
              handle.remove();
              order.push('five frames');
              resolve();
            });
          });
          return order;
        }),
      );
      assert.deepEqual(order, ['soon', 'later', 'five frames']);
    },
  },
  {
    name: "B7: over the bridge hidden and visible are fired in a worker; with 'pause' nothing runs there in between",
    async run({ page }) {
      await page.evaluate(startWorker);
      await page.evaluate(() =>
        ask(async () => {
          globalThis.ran = { frames: 0, calls: 0 };
          reactor.onFrame(() => ran.frames++);
          while (ran.frames < 3) await sleep(reactor, 5);
        }),
      );
      await page.hide();
      const hidden = await page.evaluate(() =>
        ask(async () => {
          await journal.has('hidden after');
          const before = { ...ran };
          reactor.callSoon(() => ran.calls++);
          await new Promise((resolve) => setTimeout(resolve, 1_500));
          return { before, after: { ...ran } };
        }),
      );
      assert.deepEqual(hidden.after, hidden.before);
      await page.show();
      const { lines, after } = await page.evaluate(() =>
        ask(async () => {
          const lines = await journal.has('visible after');
          const { frames } = ran;
          while (ran.frames < frames + 3 || ran.calls === 0) await sleep(reactor, 5);
          return { lines, after: ran };
        }),
      );
      assert.deepEqual(lines, [...phases('hidden'), ...phases('visible')]);
      assert.equal(after.calls, 1);
    },
  },
  {
    name: 'B7: in the worker of a kept page the events are fired at the latest when the page is back, and it runs on',
    async run({ page, url, mailbox }) {
      await page.evaluate(startWorker);
      await page.goto(url(`/elsewhere.html${mailbox.query}`));
      await page.back();
      const { lines, state } = await page.evaluate(() =>
        ask(async () => {
          const lines = await journal.has('visible after');
          await sleep(reactor, 5);
          return { lines, state: reactor.state };
        }),
      );
      assert.equal(state, 'running');
      assert.deepEqual(
        lines.map((line) => line.replace(' terminal', '')),
        [
          ...phases('hidden', ' kept'),
          ...phases('suspend', ' kept'),
          ...phases('resume', ' kept'),
          ...phases('visible', ' kept'),
        ],
      );
    },
  },
  {
    name: 'B12: send uses fetch in a worker, which has no beacons',
    async run({ page, mailbox }) {
      await page.evaluate(startWorker);
      const sent = await page.evaluate(() =>
        ask(() => [
          typeof navigator.sendBeacon,
          reactor.send('/beacon', 'x'.repeat(70_000)),
          reactor.send('/beacon', 'fits'),
        ]),
      );
      assert.deepEqual(sent, ['undefined', false, true]);
      assert.deepEqual(await mailbox.received(1), ['fits']);
    },
  },
  {
    name: 'B17: a worker sends the first of three bodies of 40 kB to a slow server and refuses the others; after the answer it sends more bodies',
    async run({ page, mailbox }) {
      await page.evaluate(startWorker);
      const sent = await page.evaluate(() =>
        ask(async () => {
          const send = () => reactor.send('/slow', 'x'.repeat(40_000));
          const sent = [send(), send(), send()];
          await new Promise((resolve) => setTimeout(resolve, 200));
          sent.push(send());
          return sent;
        }),
      );
      assert.deepEqual(sent, [true, false, false, false]);
      await mailbox.received(1);
      const times = await page.evaluate(() =>
        ask(async () => {
          const { status } = await fetch('/release', { method: 'POST', body: '/slow' });
          if (status !== 204) throw new Error(`${status}`);
          const send = () => reactor.send('/beacon', 'y'.repeat(40_000));
          for (let times = 0; times < 20; times++) while (!send()) await sleep(reactor, 5);
          return 20;
        }),
      );
      const bodies = await mailbox.received(1 + times);
      assert.deepEqual(bodies.map((body) => body[0]).sort(), ['x', ...Array(times).fill('y')]);
    },
  },
  {
    name: 'B14: bridgePage throws HostMissingError in a worker',
    async run({ page }) {
      await page.evaluate(startWorker);
      const isMissing = await page.evaluate(() =>
        ask(() => {
          try {
            bridgePage({ postMessage: () => undefined });
          } catch (error) {
            return error instanceof HostMissingError;
          }
          return 'it did not throw';
        }),
      );
      assert.equal(isMissing, true);
    },
  },
];
