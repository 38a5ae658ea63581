import assert from 'node:assert/strict';

export const hosts = [
  {
    // NodeReactor cannot be imported on a page, since its package imports modules of Node.
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
    name: 'B14: importing the package and constructing a reactor requests nothing from a page',
    async run({ page }) {
      const result = await page.evaluate(async () => {
        const before = { ...calls };
        const listenedTo = [];
        const { addEventListener } = EventTarget.prototype;
        EventTarget.prototype.addEventListener = function (type, ...rest) {
          listenedTo.push(type);
          return addEventListener.call(this, type, ...rest);
        };
        const copy = '/package.mjs?another';
        const { BrowserReactor } = await import(copy);
        const reactor = new BrowserReactor();
        EventTarget.prototype.addEventListener = addEventListener;
        return { before, after: { ...calls }, listenedTo, state: reactor.state };
      });
      assert.deepEqual(result.after, result.before);
      assert.deepEqual({ listenedTo: result.listenedTo, state: result.state }, { listenedTo: [], state: 'idle' });
    },
  },
  {
    name: 'B14: a reactor is disposable, also in an engine without Symbol.asyncDispose, and has no method named undefined',
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
    name: 'B19: with fake timers of sinon no call runs until they are advanced; then calls, timed calls and frames run',
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
        const timersLeft = clock.countTimers();
        clock.restore();
        return { before, after, later, timersLeft };
      });
      assert.deepEqual(result.before, { soon: 0, later: 0, every: 0, frames: 0 });
      const { soon, later, every, frames } = result.after;
      assert.equal(later, 1);
      assert.ok(soon > 10 && every > 10 && frames >= 5 && frames <= 7, JSON.stringify(result.after));
      assert.deepEqual(result.later, result.after);
      assert.equal(result.timersLeft, 0);
    },
  },
];
