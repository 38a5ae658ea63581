import assert from 'node:assert/strict';

/**
 * In a page: runs a reactor whose shutdown sends two beacons from each phase, at once and after ten awaits. Each trigger blocks the thread for
 * `busy` milliseconds.
 */
async function runWithBeacons(busy = 0) {
  const trigger = async ({ phase, detail, terminal }) => {
    const until = performance.now() + busy;
    while (performance.now() < until);
    beacon(`${phase} ${detail.kind}${terminal ? ' terminal' : ''}`);
    for (let hop = 0; hop < 10; hop++) await undefined;
    beacon(`${phase} ten awaits later`);
  };
  const reactor = new BrowserReactor();
  globalThis.reactor = reactor;
  reactor.on('shutdown', { before: trigger, during: trigger, after: trigger });
  void reactor.run();
  await new Promise((resolve) => reactor.callWhenRunning(resolve));
}

/** The beacons of {@link runWithBeacons} when its page is left for good. */
const allBeacons = ['before', 'during', 'after'].flatMap((phase, index) => [
  `${2 * index + 1} ${phase} pagehide terminal`,
  `${2 * index + 2} ${phase} ten awaits later`,
]);

/** Goes to another page in a way that no engine keeps this page: the listener prevents that in Chromium and Firefox, `replace` in WebKit. */
async function leaveForGood({ page, mailbox }) {
  await page.evaluate(() => {
    addEventListener('unload', () => undefined);
    setTimeout(() => location.replace(`/elsewhere.html${location.search}`));
  });
  await mailbox.arrival();
}

const bySequence = (beacons) => [...beacons].sort((a, b) => Number.parseInt(a) - Number.parseInt(b));

export const leaving = [
  {
    name: 'B12: a page that is left for good sends its beacons from before, during and after, in order',
    async run({ page, mailbox }) {
      await page.evaluate(runWithBeacons);
      await leaveForGood({ page, mailbox });
      assert.deepEqual(bySequence(await mailbox.received(6)), allBeacons);
    },
  },
  {
    name: 'B12: a page that is reloaded sends its beacons from before, during and after, in order',
    async run({ page, mailbox }) {
      await page.evaluate(runWithBeacons);
      await page.reload();
      assert.deepEqual(bySequence(await mailbox.received(6)), allBeacons);
    },
  },
  {
    name: 'B12: a page that is closed sends its beacons from before, during and after, in order',
    async run({ page, mailbox }) {
      await page.evaluate(runWithBeacons);
      await page.close();
      assert.deepEqual(bySequence(await mailbox.received(6)), allBeacons);
    },
  },
  {
    // Firefox stops a script of a closing page once, while it is in a call or a loop. The triggers are long enough for that.
    name: 'B12: a page that is closed sends its beacons in order also when each trigger takes 10 ms',
    async run({ page, mailbox }) {
      await page.evaluate(runWithBeacons, 10);
      await page.close();
      assert.deepEqual(bySequence(await mailbox.received(6)), allBeacons);
    },
  },
  {
    name: 'B11: a page that is closed runs before, during and after of shutdown, as its localStorage shows',
    async run({ page, open }) {
      const other = await open();
      await page.evaluate(async () => {
        localStorage.clear();
        const trigger = async ({ phase }) => {
          localStorage.setItem(localStorage.length, phase);
          for (let hop = 0; hop < 10; hop++) await undefined;
          localStorage.setItem(localStorage.length, `${phase} ten awaits later`);
        };
        const reactor = new BrowserReactor();
        reactor.on('shutdown', { before: trigger, during: trigger, after: trigger });
        void reactor.run();
        await new Promise((resolve) => reactor.callWhenRunning(resolve));
      });
      await page.close();
      const written = await other.evaluate(async () => {
        while (localStorage.length < 6)
          await new Promise((resolve) => addEventListener('storage', resolve, { once: true }));
        return Array.from({ length: localStorage.length }, (_, index) => localStorage.getItem(index));
      });
      const phases = ['before', 'during', 'after'];
      assert.deepEqual(
        written,
        phases.flatMap((phase) => [phase, `${phase} ten awaits later`]),
      );
    },
  },
  {
    name: 'B11: an event that is running when the page is left for good is escalated, and shutdown still runs in order',
    async run({ page, mailbox }) {
      await page.evaluate(runWithBeacons);
      await page.evaluate(() => {
        reactor.on('hidden', {
          before: ({ signal }) => {
            signal.addEventListener('abort', () => beacon('hidden is escalated'));
            return new Promise(() => undefined);
          },
          during: ({ event, phase }) => beacon(`${event} ${phase}`),
        });
      });
      await page.hide();
      await page.show();
      await leaveForGood({ page, mailbox });
      const shutdown = allBeacons.map((line, index) => line.replace(/^\d+/, index + 3));
      assert.deepEqual(bySequence(await mailbox.received(8)), [
        '1 hidden is escalated',
        '2 hidden during',
        ...shutdown,
      ]);
    },
  },
  {
    name: 'B12: the program of docs/start.md counts seconds, and sends their number when its page is left',
    async run({ open, mailbox }) {
      const page = await open('/start.html');
      await page.evaluate(async () => {
        const board = document.querySelector('output');
        const isCounting = () => /^\d+ s$/.test(board.textContent);
        const changed = new Promise((resolve) => {
          new MutationObserver(() => isCounting() && resolve()).observe(board, { childList: true });
        });
        if (!isCounting()) await changed;
      });
      await leaveForGood({ page, mailbox });
      const [left] = await mailbox.received(1);
      assert.match(left, /^after [1-9]\d* s$/);
    },
  },
];
