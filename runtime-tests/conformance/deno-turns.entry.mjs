/** Tests of the turns of a DenoReactor: by microtask or by macrotask. With the argument `starvation`, of a host under load. Prints their report. */
import { DenoReactor } from '@triphase/deno-shim';
import { runTests } from './run-tests.mjs';

/** A DenoReactor on the real host, and a log of each microtask and macrotask that the host ran for it, with a mark if that was a turn. */
function loggedReactor() {
  const log = [];
  const logged = (kind, callback) => () => {
    const { turns } = reactor.stats();
    log.push(kind);
    const index = log.length - 1;
    callback();
    if (reactor.stats().turns > turns) log[index] = `turn by ${kind}`;
  };
  const reactor = new DenoReactor({
    host: {
      queueMicrotask: (callback) => queueMicrotask(logged('microtask', callback)),
      setImmediate: (callback) => setImmediate(logged('macrotask', callback)),
      setTimeout: (callback, ms) => setTimeout(logged('macrotask', callback), ms),
    },
  });
  return { reactor, log };
}

const turnsBy = (kind, log) => log.filter((entry) => entry === `turn by ${kind}`).length;

/** Maximum number of turns by microtask without a macrotask in between. */
function maxMicrotaskTurns(log) {
  let most = 0;
  let inARow = 0;
  for (const entry of log) {
    if (entry === 'turn by microtask') most = Math.max(most, ++inARow);
    else if (entry.endsWith('macrotask')) inARow = 0;
  }
  return most;
}

const macrotask = () => new Promise((resolve) => setImmediate(resolve));

/** Lets the reactor become idle. */
async function untilIdle() {
  for (let n = 0; n < 3; n++) await macrotask();
}

/** A reactor that runs and is idle, and its empty log. */
async function idleReactor() {
  const { reactor, log } = loggedReactor();
  const ended = reactor.run();
  await untilIdle();
  log.length = 0;
  const stop = async () => {
    reactor.stop();
    await ended;
  };
  return { reactor, log, stop };
}

function turns({ describe, it, expect }) {
  describe('turns on Deno', () => {
    it('D2: a call made on an idle reactor runs before the next macrotask of the host', async () => {
      const { reactor, log, stop } = await idleReactor();
      const order = [];
      setImmediate(() => order.push('macrotask'));
      await new Promise((resolve) => {
        setImmediate(resolve);
        reactor.callSoon(() => order.push('call'));
      });
      expect(order).toEqual(['call', 'macrotask']);
      expect(turnsBy('microtask', log)).toBe(1);
      await stop();
    });

    it('D2: calls that queue themselves again get turns by macrotask', async () => {
      const { reactor, log, stop } = await idleReactor();
      await new Promise((resolve) => {
        let left = 2_000;
        const call = () => {
          if (--left > 0) reactor.callSoon(call);
          else resolve();
        };
        reactor.callSoon(call);
      });
      expect(turnsBy('microtask', log)).toBe(1);
      expect(turnsBy('macrotask', log)).toBe(1_999);
      await stop();
    });

    it('D2: promise chains over the reactor cause at most one turn by microtask between two macrotasks', async () => {
      const { reactor, log, stop } = await idleReactor();
      const chain = async () => {
        for (let n = 0; n < 500; n++) await new Promise((resolve) => reactor.callSoon(resolve));
      };
      await Promise.all([chain(), chain(), chain()]);
      expect(maxMicrotaskTurns(log)).toBe(1);
      expect(turnsBy('macrotask', log) >= 499).toBe(true);
      await stop();
    });

    it('D2: endless promise jobs that make calls get one turn until the next macrotask', async () => {
      const { reactor, log, stop } = await idleReactor();
      let ran = 0;
      for (let n = 0; n < 10_000; n++) {
        reactor.callSoon(() => ran++);
        await undefined;
      }
      expect(log).toEqual(['turn by microtask']);
      while (ran < 10_000) await macrotask();
      expect(maxMicrotaskTurns(log)).toBe(1);
      await stop();
    });

    it('D2: calls that the promise jobs of a timed call make wait for a macrotask', async () => {
      const { reactor, log, stop } = await idleReactor();
      await new Promise((resolve) => {
        reactor.callLater(1, async () => {
          await undefined;
          reactor.callSoon(resolve);
        });
      });
      // On a slow machine the call is due before a timer is set. Then the first turn is by microtask.
      expect(log.length).toBe(2);
      expect(log[1]).toBe('turn by macrotask');
      await stop();
    });

    it('D2: a crash and a new run do not add a turn by microtask', async () => {
      const { reactor, log } = loggedReactor();
      for (let n = 0; n < 50; n++) {
        const ended = reactor.run();
        await new Promise((resolve) => reactor.callSoon(resolve));
        reactor.crash();
        await ended;
      }
      expect(maxMicrotaskTurns(log)).toBe(1);
    });

    it('C2: an idle reactor requests nothing from its host', async () => {
      const { reactor, log, stop } = await idleReactor();
      await new Promise((resolve) => reactor.callSoon(resolve));
      await untilIdle();
      const { length } = log;
      for (let n = 0; n < 100; n++) await macrotask();
      expect(log.length).toBe(length);
      await stop();
    });
  });
}

/** Makes calls that queue themselves again. Returns a function that ends this. */
function flood(reactor) {
  let isOver = false;
  const call = () => {
    if (!isOver) reactor.callSoon(call);
  };
  reactor.callSoon(call);
  return () => {
    isOver = true;
  };
}

function starvation({ describe, it, expect }) {
  describe('the host of a flooded reactor on Deno', () => {
    it('D3: its timers fire', async () => {
      const { reactor, stop } = await idleReactor();
      const end = flood(reactor);
      await new Promise((resolve) => {
        let ticks = 0;
        const timer = setInterval(() => {
          if (++ticks < 100) return;
          clearInterval(timer);
          resolve();
        }, 5);
      });
      end();
      await stop();
    });

    it('D3: its server answers', async () => {
      const { reactor, stop } = await idleReactor();
      const server = Deno.serve(
        { port: 0, hostname: '127.0.0.1', onListen: () => undefined },
        () => new Response('ok'),
      );
      const end = flood(reactor);
      const answers = [];
      while (answers.length < 100) {
        const response = await fetch(`http://127.0.0.1:${server.addr.port}/`);
        answers.push(await response.text());
      }
      end();
      expect(answers.every((answer) => answer === 'ok')).toBe(true);
      await server.shutdown();
      await stop();
    });
  });
}

// The tests of `starvation` need a permission for the network.
const report = await runTests(Deno.args.includes('starvation') ? starvation : turns);
console.log(`tests: ${JSON.stringify(report)}`);
