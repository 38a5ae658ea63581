import assert from 'node:assert/strict';

/** Sends a beacon from each phase of shutdown, at once and ten awaits later, and resolves when it runs. Each takes `busy` milliseconds besides. */
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

/** What {@link runWithBeacons} sends when its page goes away. */
const goodbye = ['before', 'during', 'after'].flatMap((phase, index) => [
  `${2 * index + 1} ${phase} pagehide terminal`,
  `${2 * index + 2} ${phase} ten awaits later`,
]);

/** Goes to another page so that no engine keeps this one: Chromium and Firefox mind the listener, WebKit that there is no way back. */
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
      assert.deepEqual(bySequence(await mailbox.received(6)), goodbye);
    },
  },
  {
    name: 'B12: so does a page that is loaded again',
    async run({ page, mailbox }) {
      await page.evaluate(runWithBeacons);
      await page.reload();
      assert.deepEqual(bySequence(await mailbox.received(6)), goodbye);
    },
  },
  {
    name: 'B12: so does a page that is closed',
    async run({ page, mailbox }) {
      await page.evaluate(runWithBeacons);
      await page.close();
      assert.deepEqual(bySequence(await mailbox.received(6)), goodbye);
    },
  },
  {
    // Firefox stops the script of such a page once, within that time, if that is in a call or a loop.
    name: 'B12: so does a page that is closed, when its triggers take 10 ms each',
    async run({ page, mailbox }) {
      await page.evaluate(runWithBeacons, 10);
      await page.close();
      assert.deepEqual(bySequence(await mailbox.received(6)), goodbye);
    },
  },
  {
    name: 'B11: a page that is closed runs before, during and after, as it has written down',
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
    name: 'B11: what is under way when the page is left for good is escalated, and shutdown still runs in order',
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
      const shutdown = goodbye.map((line, index) => line.replace(/^\d+/, index + 3));
      assert.deepEqual(bySequence(await mailbox.received(8)), [
        '1 hidden is escalated',
        '2 hidden during',
        ...shutdown,
      ]);
    },
  },
  {
    name: 'B12: the program of docs/start.md counts, and says that it has left',
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
