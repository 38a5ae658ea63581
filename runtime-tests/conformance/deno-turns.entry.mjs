import { DenoReactor } from '@triphase/deno-shim';
import { runTests } from './run-tests.mjs';

/** A DenoReactor on the real host, and a log of what the host ran for it: a microtask or a macrotask, and whether a turn came of it. */
function watched() {
  const log = [];
  const logged = (kind, callback) => () => {
    const { turns } = reactor.stats();
    log.push(kind);
    const place = log.length - 1;
    callback();
    if (reactor.stats().turns > turns) log[place] = `turn by ${kind}`;
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

/** The most turns that microtasks entered with no macrotask in between. */
function mostInARow(log) {
  let most = 0;
  let inARow = 0;
  for (const entry of log) {
    if (entry === 'turn by microtask') most = Math.max(most, ++inARow);
    else if (entry.endsWith('macrotask')) inARow = 0;
  }
  return most;
}

const macrotask = () => new Promise((resolve) => setImmediate(resolve));

async function quiet() {
  for (let n = 0; n < 3; n++) await macrotask();
}

async function running() {
  const { reactor, log } = watched();
  const ended = reactor.run();
  await quiet();
  log.length = 0;
  const stop = async () => {
    reactor.stop();
    await ended;
  };
  return { reactor, log, stop };
}

function turns({ describe, it, expect }) {
  describe('turns on Deno', () => {
    it('D2: a call made on a quiet reactor runs before the next macrotask of the host', async () => {
      const { reactor, log, stop } = await running();
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

    it('D2: calls that make themselves anew take turns by macrotasks', async () => {
      const { reactor, log, stop } = await running();
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

    it('D2: promise chains through the reactor enter at most one turn by microtask between two macrotasks', async () => {
      const { reactor, log, stop } = await running();
      const chain = async () => {
        for (let n = 0; n < 500; n++) await new Promise((resolve) => reactor.callSoon(resolve));
      };
      await Promise.all([chain(), chain(), chain()]);
      expect(mostInARow(log)).toBe(1);
      expect(turnsBy('macrotask', log) >= 499).toBe(true);
      await stop();
    });

    it('D2: promise jobs without end that make calls get one turn, until a macrotask comes', async () => {
      const { reactor, log, stop } = await running();
      let ran = 0;
      for (let n = 0; n < 10_000; n++) {
        reactor.callSoon(() => ran++);
        await undefined;
      }
      expect(log).toEqual(['turn by microtask']);
      while (ran < 10_000) await macrotask();
      expect(mostInARow(log)).toBe(1);
      await stop();
    });

    it('D2: a timed call is a turn like any other: what its promise jobs call waits for a macrotask', async () => {
      const { reactor, log, stop } = await running();
      await new Promise((resolve) => {
        reactor.callLater(1, async () => {
          await undefined;
          reactor.callSoon(resolve);
        });
      });
      expect(log).toEqual(['turn by macrotask', 'turn by macrotask']);
      await stop();
    });

    it('D2: a crash and a new run do not give one more turn by microtask', async () => {
      const { reactor, log } = watched();
      for (let n = 0; n < 50; n++) {
        const ended = reactor.run();
        await new Promise((resolve) => reactor.callSoon(resolve));
        reactor.crash();
        await ended;
      }
      expect(mostInARow(log)).toBe(1);
    });

    it('C2: some macrotasks after its last turn a reactor asks nothing of its host', async () => {
      const { reactor, log, stop } = await running();
      await new Promise((resolve) => reactor.callSoon(resolve));
      await quiet();
      const { length } = log;
      for (let n = 0; n < 100; n++) await macrotask();
      expect(log.length).toBe(length);
      await stop();
    });
  });
}

/** Calls that make themselves anew until they are told not to. */
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
    it('D3: its timers come', async () => {
      const { reactor, stop } = await running();
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
      const { reactor, stop } = await running();
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

// The second part is for a run that may use the network.
const report = await runTests(Deno.args.includes('starvation') ? starvation : turns);
console.log(`tests: ${JSON.stringify(report)}`);
