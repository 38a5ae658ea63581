import assert from 'node:assert/strict';

export const hosts = [
  {
    // Not NodeReactor: its package imports modules of Node, which a page has not.
    name: 'C3: DenoReactor can be imported and constructed on a page; there run() throws HostMissingError',
    async run({ page }) {
      const result = await page.evaluate(() => {
        const reactor = new DenoReactor();
        try {
          reactor.run();
        } catch (error) {
          return { is: error instanceof HostMissingError, state: reactor.state };
        }
        return 'it ran';
      });
      assert.deepEqual(result, { is: true, state: 'idle' });
    },
  },
  {
    name: 'B14: to import and to construct asks a page for nothing',
    async run({ page }) {
      const asked = await page.evaluate(async () => {
        const before = { ...calls };
        const heard = [];
        const { addEventListener } = EventTarget.prototype;
        EventTarget.prototype.addEventListener = function (type, ...rest) {
          heard.push(type);
          return addEventListener.call(this, type, ...rest);
        };
        const copy = '/package.mjs?another';
        const { BrowserReactor } = await import(copy);
        const reactor = new BrowserReactor();
        EventTarget.prototype.addEventListener = addEventListener;
        return { before, after: { ...calls }, heard, state: reactor.state };
      });
      assert.deepEqual(asked.after, asked.before);
      assert.deepEqual({ heard: asked.heard, state: asked.state }, { heard: [], state: 'idle' });
    },
  },
  {
    name: 'B14: a reactor is disposable, in an engine without Symbol.asyncDispose too, and has no method named undefined',
    async run({ page }) {
      const found = await page.evaluate(() => {
        const reactor = new BrowserReactor();
        const symbol = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
        return [typeof reactor[symbol], 'undefined' in reactor, 'undefined' in reactor.onFrame(() => undefined)];
      });
      assert.deepEqual(found, ['function', false, false]);
    },
  },
  {
    name: "B19: under sinon's fake timers nothing runs until they are advanced; then calls, timed calls and frames run",
    async run({ page }) {
      const result = await page.evaluate(async () => {
        const path = '/sinon.mjs';
        const { useFakeTimers } = await import(path);
        const clock = useFakeTimers();
        const reactor = new BrowserReactor();
        void reactor.run();
        const ran = { soon: 0, later: 0, every: 0, frames: 0 };
        const call = () => {
          ran.soon++;
          reactor.callSoon(call);
        };
        reactor.callSoon(call);
        reactor.callLater(30, () => ran.later++);
        every(reactor, 0, () => ran.every++);
        await Promise.resolve();
        reactor.onFrame(() => ran.frames++);
        await pass(300);
        const before = { ...ran };
        await clock.tickAsync(100);
        const after = { ...ran };
        await pass(300);
        const later = { ...ran };
        reactor.crash();
        const left = clock.countTimers();
        clock.restore();
        return { before, after, later, left };
      });
      assert.deepEqual(result.before, { soon: 0, later: 0, every: 0, frames: 0 });
      const { soon, later, every, frames } = result.after;
      assert.equal(later, 1);
      assert.ok(soon > 10 && every > 10 && frames >= 5 && frames <= 7, JSON.stringify(result.after));
      assert.deepEqual(result.later, result.after);
      assert.equal(result.left, 0);
    },
  },
];
