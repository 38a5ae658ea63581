import assert from 'node:assert/strict';
import { runWithJournal } from '../in-page.mjs';
import { phases } from '../journal.mjs';

/** The journal of a page that the browser keeps, and of one that comes back. */
const KEPT = [...phases('hidden', ' terminal kept'), ...phases('suspend', ' terminal kept')];
const BACK = [...phases('resume', ' kept'), ...phases('visible', ' kept')];

/** In a page that has come back: its journal, and the state of the reactor, which still runs calls. */
async function afterComingBack() {
  const { state } = reactor;
  const lines = await journal.has('visible after');
  await new Promise((resolve) => reactor.callSoon(resolve));
  return { state, lines };
}

/** What {@link afterComingBack} returns. */
const CAME_BACK = { state: 'running', lines: [...KEPT, ...BACK] };

/** Leaves the page and comes back by Back. */
async function leaveAndComeBack({ page, url, mailbox }) {
  await page.goto(url(`/elsewhere.html${mailbox.query}`));
  await page.back();
}

/** Keeps a page busy with calls and frames, leaves it and comes back. */
async function leaveBusyPage(test) {
  await test.page.evaluate(runWithJournal, { maxBatch: 20 });
  await test.page.evaluate(async () => {
    const ran = { queued: [], timed: [], frames: 0 };
    let next = 0;
    const call = (n) => {
      ran.queued.push(n);
      queue();
    };
    const queue = () => {
      const n = next++;
      reactor.callSoon(() => call(n));
    };
    for (let n = 0; n < 50; n++) queue();
    for (let n = 0; n < 40; n++) reactor.callLater(n * 25, () => ran.timed.push(n));
    reactor.onFrame(() => ran.frames++);
    Object.assign(globalThis, { ran });
    while (ran.frames < 3) await new Promise(requestAnimationFrame);
  });
  await leaveAndComeBack(test);
}

export const comingBack = [
  {
    name: 'B9: an idle page is kept and not shut down: after Back the same reactor runs on, and has fired resume once',
    async run(test) {
      await test.page.evaluate(runWithJournal);
      await leaveAndComeBack(test);
      assert.deepEqual(await test.page.evaluate(afterComingBack), CAME_BACK);
    },
  },
  {
    name: 'B9: a page that is left several times fires suspend and resume each time, with Back and with Forward',
    async run({ page, url, mailbox }) {
      await page.evaluate(runWithJournal);
      await page.goto(url(`/page.html${mailbox.query}&second`));
      await page.evaluate(runWithJournal);
      await page.back();
      assert.deepEqual(await page.evaluate(afterComingBack), CAME_BACK);
      await page.forward();
      assert.deepEqual(await page.evaluate(afterComingBack), CAME_BACK);
      await page.back();
      const lines = await page.evaluate(async () => {
        while (journal.lines.length < 24) await new Promise((resolve) => reactor.callSoon(resolve));
        return journal.lines;
      });
      assert.deepEqual(lines, [...CAME_BACK.lines, ...CAME_BACK.lines]);
    },
  },
  {
    name: 'B8: a page that comes back in a hidden window fires resume, and fires visible when it is shown',
    async run({ page, url, mailbox }) {
      await page.evaluate(runWithJournal);
      await page.goto(url(`/elsewhere.html${mailbox.query}`));
      await page.hide();
      await page.back();
      const resumed = await page.evaluate(() => journal.has('resume after'));
      assert.deepEqual(resumed, [...KEPT, ...BACK.slice(0, 3)]);
      await page.show();
      const lines = await page.evaluate(() => journal.has('visible after'));
      assert.deepEqual(
        lines.map((line) => line.replace(' kept', '')),
        CAME_BACK.lines.map((line) => line.replace(' kept', '')),
      );
    },
  },
  {
    name: 'B9: a busy page is kept too: queued calls, timed calls and frames go on, and none is lost or repeated',
    async run(test) {
      await leaveBusyPage(test);
      // An engine may drop a page that it has kept, as on a busy machine. Then the page is a new one, and the test tries again.
      for (let times = 1; times < 3 && !(await test.page.evaluate(() => 'ran' in globalThis)); times++)
        await leaveBusyPage(test);
      const { queued, timed, grown } = await test.page.evaluate(async () => {
        await journal.has('visible after');
        const { frames, queued } = { ...ran, queued: ran.queued.length };
        while (ran.frames < frames + 3 || ran.timed.length < 40) await new Promise(requestAnimationFrame);
        return { ...ran, grown: ran.queued.length > queued };
      });
      assert.deepEqual(queued, [...queued.keys()]);
      assert.deepEqual(timed, [...Array(40).keys()]);
      assert.ok(grown);
    },
  },
  {
    name: 'B6: timed calls that are overdue when a page comes back run once, in order',
    async run({ page, url, mailbox }) {
      await page.evaluate(runWithJournal);
      await page.evaluate(() => {
        const ran = [];
        globalThis.ran = ran;
        for (let n = 0; n < 20; n++) {
          const ms = 300 + 10 * ((n * 7) % 20); // far enough apart to differ on a coarse clock
          reactor.callLater(ms, () => ran.push(ms));
        }
      });
      await page.goto(url(`/page.html${mailbox.query}&second`));
      await page.evaluate(() => pass(600));
      await page.back();
      const ran = await page.evaluate(async () => {
        while (ran.length < 20) await new Promise(requestAnimationFrame);
        await new Promise((resolve) => reactor.callLater(50, resolve));
        return ran;
      });
      assert.deepEqual(
        ran,
        Array.from({ length: 20 }, (_, index) => 300 + 10 * index),
      );
    },
  },
  {
    name: 'B10: a reactor listens neither to unload nor to beforeunload',
    async run({ page, engine }) {
      const types = await page.evaluate(async () => {
        const types = [];
        const { addEventListener } = EventTarget.prototype;
        EventTarget.prototype.addEventListener = function (type, ...rest) {
          if (this === window || this === document) types.push(type);
          return addEventListener.call(this, type, ...rest);
        };
        const reactor = new BrowserReactor();
        void reactor.run();
        await new Promise((resolve) => reactor.callSoon(resolve));
        EventTarget.prototype.addEventListener = addEventListener;
        return types.sort();
      });
      // Only in Firefox there is a second one, which notices that Firefox has stopped a script (B12).
      const pagehide = engine === 'Firefox' ? ['pagehide', 'pagehide'] : ['pagehide'];
      assert.deepEqual(types, ['freeze', ...pagehide, 'pageshow', 'resume', 'visibilitychange']);
    },
  },
  {
    name: 'B10: a page with a leave guard is kept too, and its guard is called',
    async run(test) {
      await test.page.evaluate(runWithJournal);
      await test.page.evaluate(() => {
        globalThis.guardCalls = 0;
        reactor.addLeaveGuard(() => {
          globalThis.guardCalls += 1;
          return false;
        });
      });
      await leaveAndComeBack(test);
      assert.deepEqual(await test.page.evaluate(afterComingBack), CAME_BACK);
      assert.equal(await test.page.evaluate(() => guardCalls), 1);
    },
  },
  {
    name: 'B10: a removed guard is not called; when a guard returns true the browser asks its user',
    async run({ page, mailbox }) {
      await page.evaluate(runWithJournal);
      await page.evaluate(() => {
        const removed = reactor.addLeaveGuard(() => beacon('removed'));
        reactor.addLeaveGuard(() => true);
        removed.remove();
        addEventListener('beforeunload', ({ defaultPrevented }) => beacon(defaultPrevented));
        setTimeout(() => location.replace(`/elsewhere.html${location.search}`));
      });
      await mailbox.arrival();
      assert.deepEqual(await mailbox.received(1), ['1 true']);
    },
  },
  {
    name: 'B12: beacons from each phase of suspend and resume are received in order',
    async run({ page, url, mailbox }) {
      await page.evaluate(runWithJournal);
      await page.evaluate(() => {
        let sent = 0;
        const send = (text) => reactor.send('/beacon', `${++sent} ${text}`);
        const trigger = async ({ event, phase }) => {
          send(`${event} ${phase}`);
          for (let hop = 0; hop < 10; hop++) await undefined;
          send(`${event} ${phase} ten awaits later`);
        };
        for (const event of ['suspend', 'resume'])
          reactor.on(event, { before: trigger, during: trigger, after: trigger });
      });
      await page.goto(url(`/elsewhere.html${mailbox.query}`));
      await mailbox.received(6);
      await page.back();
      const lines = ['suspend', 'resume'].flatMap((event) =>
        ['before', 'during', 'after'].flatMap((phase) => [`${event} ${phase}`, `${event} ${phase} ten awaits later`]),
      );
      const received = await mailbox.received(12);
      assert.deepEqual(
        received.sort((a, b) => Number.parseInt(a) - Number.parseInt(b)),
        lines.map((line, index) => `${index + 1} ${line}`),
      );
    },
  },
  {
    name: 'B12: send returns false when the browser refuses a body that is too large',
    skip: { Firefox: 'it takes beacons of more than 64 KiB' },
    async run({ page, mailbox }) {
      const sent = await page.evaluate(() => {
        const reactor = new BrowserReactor();
        return [reactor.send('/beacon', 'x'.repeat(70_000)), reactor.send('/beacon', 'fits')];
      });
      assert.deepEqual(sent, [false, true]);
      assert.deepEqual(await mailbox.received(1), ['fits']);
    },
  },
];
