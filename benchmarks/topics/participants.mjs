/** The topic `participants` (P10): a program with many participants, such as services or plugins, registers, starts and stops them. */
import { createNodeReactor } from '@triphase/node-reactor';
import { importPeer } from '../harness/peers.mjs';
import { label } from '../harness/words.mjs';

export const title = 'Participants';

/** A lower bound for the reports of C15: records the start, end and outcome of each call. It has no limits, no escalation and no events. */
function callAll(calls) {
  return new Promise((resolve) => {
    let left = calls.length;
    const end = (call, outcome, error) => {
      call.end = performance.now();
      call.outcome = outcome;
      call.error = error;
      if (--left === 0) resolve();
    };
    for (const call of calls) {
      call.start = performance.now();
      call.run(call).then(
        () => end(call, 'done'),
        (error) => end(call, 'failed', error),
      );
    }
  });
}

/** A lower bound for services (C52): the same, in the order of needs. It has no phases, no error reports and no restarts. */
function callGraph(nodes, event) {
  const [above, below] = event === 'startup' ? ['needs', 'neededBy'] : ['neededBy', 'needs'];
  return new Promise((resolve) => {
    const calls = [];
    let left = 0;
    const begin = (node) => {
      const call = { node, start: performance.now(), end: 0, outcome: 'pending', error: undefined };
      calls.push(call);
      left++;
      node.service[event].during(call).then(
        () => end(call, 'done'),
        (error) => end(call, 'failed', error),
      );
    };
    const end = (call, outcome, error) => {
      call.end = performance.now();
      call.outcome = call.node.state = outcome;
      call.error = error;
      for (const next of call.node[below]) if (--next.blockers === 0) begin(next);
      if (--left === 0) resolve(calls);
    };
    const ready = [];
    for (const node of nodes.values()) {
      node.blockers = node[above].length;
      if (node.blockers === 0) ready.push(node);
    }
    if (event === 'shutdown') ready.reverse();
    ready.forEach(begin);
  });
}

/** Keeps the objects of `keepOne` alive. */
const kept = [];

/** Keeps one object of each kind alive, as a program does. If a collection finds none, V8 drops the optimised code for them. */
async function keepOne(avvio) {
  const noop = async () => undefined;
  const reactor = createNodeReactor({ signals: false });
  reactor.on('startup', noop);
  reactor.use({ name: 'kept', startup: { during: noop }, shutdown: { during: noop } });
  void reactor.run();
  await reactor.startupReport;
  const app = avvio();
  app.use(async (instance) => void instance.onClose(noop));
  await app.ready();
  kept.push(reactor, app);
}

export async function groups({ quick }) {
  const avvio = (await importPeer('avvio')).default;
  const count = quick ? 1e3 : 1e4;
  let started = 0;
  let stopped = 0;
  // As programs write them: one async function that starts each participant, and one that stops it.
  const makeStart = () => async () => void started++;
  const makeStop = () => async () => void stopped++;
  await keepOne(avvio);
  const lives = quick ? 1 : 10;
  const life = (live) => ({
    // Without this, our sample could contain the collection of avvio's garbage, which takes longer than ten of our runs.
    setUp: () => globalThis.gc?.(),
    async run() {
      for (let n = 0; n < lives; n++) {
        started = stopped = 0;
        await live();
        if (started !== count || stopped !== count)
          throw new Error(`${started} started, ${stopped} stopped of ${count}`);
      }
      return lives * count;
    },
  });
  const runAndStop = async (reactor) => {
    const over = reactor.run();
    await reactor.startupReport;
    await reactor.stop();
    (await over).throwIfFailed();
  };
  return [
    {
      title: `P10: ${label(count)} participants register, start and stop`,
      note: 'Nanoseconds a participant. avvio does more: a tree of plugins that load one after the other, each with a timeout. Ours measures the time of each function by default, with two readings of the clock (C15), and can stop waiting for each of them. The bare engine and the bare graph also record times and outcomes, and do nothing else. A sample is ten runs, and begins with a garbage collection.',
      baseline: 'avvio use + onClose, ready, close',
      settings: { operations: 1 },
      cases: {
        'Triphase triggers': life(async () => {
          const reactor = createNodeReactor();
          for (let i = 0; i < count; i++) {
            reactor.on('startup', makeStart());
            reactor.on('shutdown', makeStop());
          }
          await runAndStop(reactor);
        }),
        'Triphase services': life(async () => {
          const reactor = createNodeReactor();
          for (let i = 0; i < count; i++) {
            reactor.use({ name: `part ${i}`, startup: { during: makeStart() }, shutdown: { during: makeStop() } });
          }
          await runAndStop(reactor);
        }),
        'a bare engine': life(async () => {
          const starts = [];
          const stops = [];
          for (let i = 0; i < count; i++) {
            starts.push({ run: makeStart(), start: 0, end: 0, outcome: 'pending', error: undefined });
            stops.push({ run: makeStop(), start: 0, end: 0, outcome: 'pending', error: undefined });
          }
          await callAll(starts);
          await callAll(stops);
        }),
        'a bare graph': life(async () => {
          const nodes = new Map();
          for (let i = 0; i < count; i++) {
            const service = { name: `part ${i}`, startup: { during: makeStart() }, shutdown: { during: makeStop() } };
            nodes.set(service, { service, needs: [], neededBy: [], blockers: 0, state: 'idle' });
          }
          await callGraph(nodes, 'startup');
          await callGraph(nodes, 'shutdown');
        }),
        'the functions alone, Promise.all': life(async () => {
          const starts = [];
          const stops = [];
          for (let i = 0; i < count; i++) {
            starts.push(makeStart());
            stops.push(makeStop());
          }
          await Promise.all(starts.map((start) => start()));
          await Promise.all(stops.map((stop) => stop()));
        }),
        'avvio use + onClose, ready, close': life(async () => {
          const app = avvio();
          for (let i = 0; i < count; i++) {
            const start = makeStart();
            app.use(async (instance) => {
              instance.onClose(makeStop());
              await start();
            });
          }
          await app.ready();
          await app.close();
        }),
      },
      claims: ['triggers', 'services'].map((kind) => ({
        metric: 'P10',
        workload: `start + stop of ${label(count)} participants, ${kind}`,
        remark: 'avvio does more',
        of: `Triphase ${kind}`,
        against: 'avvio use + onClose, ready, close',
        bar: kind === 'triggers' ? 0.05 : 0.1,
      })),
    },
  ];
}
