/** The worker of workerd/request-tests.mjs: each path is one case. */
import { createReactor, sleep } from 'triphase';

/** Calls `fn`. Resolves with `'ok'`, or with the code or the message of its error. */
async function outcomeOf(fn) {
  try {
    await fn();
    return 'ok';
  } catch (error) {
    return error.code ?? error.message;
  }
}

const abortedSignal = {
  aborted: true,
  reason: 'gone',
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
};

// ── At module scope ──

/** Reactors that are run at module scope, each in another way, and again in a request. */
const outside = {
  idle: createReactor(),
  'with a queued call': createReactor(),
  'with a timed call': createReactor(),
  'with an asynchronous start': createReactor(),
  'with an aborted signal': createReactor(),
};
outside['with a queued call'].callSoon(() => undefined);
outside['with a timed call'].callLater(1, () => undefined);
outside['with an asynchronous start'].on('startup', () => Promise.resolve());
const outcomesOutside = {};
for (const [name, reactor] of Object.entries(outside)) {
  const options = name === 'with an aborted signal' ? { signal: abortedSignal } : {};
  outcomesOutside[name] = `${await outcomeOf(() => reactor.run(options))}, ${reactor.state}`;
}

// ── In requests ──

const logs = {};

/** A reactor with a log that later requests can read. */
function logged(name, options) {
  const log = (logs[name] = []);
  const reactor = createReactor(options);
  reactor.on('startup', { before: () => log.push('before startup'), during: () => log.push('during startup') });
  reactor.on('shutdown', {
    before: async () => {
      await sleep(reactor, 1);
      log.push('before shutdown');
    },
    during: () => log.push('during shutdown'),
    after: ({ detail }) => log.push(`after shutdown: ${detail.kind}`),
  });
  return { reactor, log };
}

/** What one request stores for another. */
const kept = {};

const routes = {
  outside: () => outcomesOutside,

  async again() {
    const outcomes = {};
    for (const [name, reactor] of Object.entries(outside)) {
      const ended = reactor.run();
      await reactor.stop();
      outcomes[name] = (await ended).reason.kind;
    }
    return outcomes;
  },

  async embedded({ signal }, ctx) {
    const { reactor, log } = logged('embedded');
    {
      await using running = reactor;
      ctx.waitUntil(running.run({ signal }));
      running.on('job', {
        before: () => log.push('before job'),
        during: () => sleep(running, 5),
        after: () => log.push('after job'),
      });
      await running.fire('job');
    }
    return log;
  },

  'after-response'(_request, ctx) {
    const { reactor, log } = logged('after-response');
    reactor.callLater(50, () => {
      log.push('timed call');
      void reactor.stop();
    });
    ctx.waitUntil(reactor.run().then(() => log.push('over')));
    return log;
  },

  idle(_request, ctx) {
    const { reactor } = logged('idle');
    kept.idle = reactor.run();
    kept.idle.then(() => logs.idle.push('over'));
    ctx.waitUntil(kept.idle);
    return logs.idle;
  },

  async 'idle-later'() {
    const pending = new Promise((resolve) => setTimeout(resolve, 20, 'pending'));
    return { idle: await Promise.race([outcomeOf(() => kept.idle), pending]), log: logs.idle };
  },

  stoppable(_request, ctx) {
    const { reactor, log } = logged('stoppable');
    kept.stoppable = reactor;
    const ended = reactor.run();
    // A request lives as long as it has a pending timer. The idle reactor has none.
    const check = () => {
      if (kept.mayEnd) void reactor.stop({ kind: 'own' });
      else setTimeout(check, 1);
    };
    check();
    ctx.waitUntil(ended.then(() => log.push('over')));
    return log;
  },

  async 'from-another'() {
    const { stoppable } = kept;
    return {
      stop: await outcomeOf(() => stoppable.stop()),
      callSoon: await outcomeOf(() => stoppable.callSoon(() => undefined)),
      state: stoppable.state,
    };
  },

  'let-go'() {
    kept.mayEnd = true;
  },

  'left-running'(_request, ctx) {
    kept.left = logged('left-running').reactor;
    ctx.waitUntil(kept.left.run());
  },

  async 'stop-left'() {
    return outcomeOf(() => kept.left.stop());
  },

  async frozen(_request, ctx) {
    const now = { ms: 1_000 };
    const turns = [];
    const reactor = createReactor({
      maxBatch: 100,
      host: { now: () => now.ms, setTimeout: (fn, ms) => setTimeout(fn, ms), clearTimeout: (id) => clearTimeout(id) },
    });
    await using running = reactor;
    ctx.waitUntil(running.run());
    let timed = 0;
    running.callLater(5, () => timed++);
    await new Promise((resolve) => {
      let left = 1_000;
      const call = () => {
        const { turns: turn } = running.stats();
        turns.push(turn);
        if (--left === 0) resolve();
      };
      for (let n = 0; n < 1_000; n++) running.callSoon(call);
    });
    const sizes = [...new Set(turns)].map((turn) => turns.filter((other) => other === turn).length);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const whileFrozen = timed;
    now.ms += 5;
    while (timed === 0) await new Promise((resolve) => running.callSoon(resolve));
    return { sizes, whileFrozen, timed };
  },

  // workerd notices that a client has disconnected only when it writes to the client.
  disconnect({ signal }, ctx) {
    const { reactor, log } = logged('disconnect');
    ctx.waitUntil(reactor.run({ signal }).then(() => log.push('over')));
    const body = new ReadableStream({
      pull: async (controller) => {
        await sleep(reactor, 5);
        controller.enqueue(new TextEncoder().encode('more\n'));
      },
    });
    return new Response(body);
  },
};

export default {
  async fetch(request, _env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    const name = pathname.slice(1);
    if (name === 'log') return Response.json(logs[searchParams.get('of')] ?? []);
    const answer = await routes[name](request, ctx);
    return answer instanceof Response ? answer : Response.json(answer ?? null);
  },
};
