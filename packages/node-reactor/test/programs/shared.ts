import { every, sleep, ThreePhaseEvent } from '@triphase/core';
import { NodeReactor, type NodeReactorOptions } from '@triphase/node-reactor';
import { expectGo, say } from './steps.ts';

type Constructor = new (options?: NodeReactorOptions) => NodeReactor;

/** Two reactors of one process. The second one stops only when the test says so, long after the first is over. */
async function pair(First: Constructor, Second: Constructor, options: NodeReactorOptions = {}): Promise<void> {
  const go = expectGo();
  const first = new First({ limits: { shutdown: { deadline: 300 } } });
  const second = new Second(options);
  first.on('shutdown', () => say('first stops'));
  second.on('shutdown', async () => {
    await go();
    say('second has finished its work');
  });
  const runs = [first.run().then(() => say('first is over')), second.run().then(() => say('second is over'))];
  say(`listeners: ${process.listenerCount('SIGTERM')}`);
  say('running');
  await Promise.all(runs);
}

/** What reactors of one process share (N6). */
export const shared = {
  twoReactors: () => pair(NodeReactor, NodeReactor),

  twoCopies: async () => {
    const load = (copy: string): Promise<{ NodeReactor: Constructor }> => import(copy);
    const [a, b] = [await load('./copy-a.mjs'), await load('./copy-b.mjs')];
    say(`same class: ${String(a.NodeReactor === b.NodeReactor)}`);
    await pair(a.NodeReactor, b.NodeReactor);
  },

  /** More listeners than Node allows without a warning, on AbortSignals of a reactor and on the process (N26). */
  manyListeners: async () => {
    const before = new Map(process.eventNames().map((name) => [name, process.listenerCount(name)]));
    const reactors = Array.from({ length: 30 }, () => new NodeReactor());
    const [first] = reactors;
    const runs = Promise.all(reactors.map((reactor) => reactor.run()));
    const names = process.eventNames().filter((name) => process.listenerCount(name) > (before.get(name) ?? 0) + 1);
    say(`more than one listener: ${names.map(String).join(', ') || 'nowhere'}`);
    say(`listeners: ${process.listenerCount('SIGTERM')}`);
    for (let n = 0; n < 11; n++) {
      every(first!, 60_000, () => {}, { signal: first!.signal });
      sleep(first!, 60_000, { signal: first!.signal }).catch(() => {});
    }
    first!.on('shutdown', ({ signal }) => {
      for (let n = 0; n < 11; n++) signal.addEventListener('abort', () => {});
    });
    const event = new ThreePhaseEvent('job');
    event.addTrigger('during', ({ signal }) => {
      for (let n = 0; n < 11; n++) signal.addEventListener('abort', () => {});
    });
    await event.fire(undefined);
    say('running');
    await runs;
    say('over');
  },

  oneDeaf: async () => {
    const deaf = new NodeReactor({ signals: false });
    const other = new NodeReactor({ limits: { shutdown: { deadline: 300 } } });
    const runs = Promise.all([
      deaf.run().then(() => say('the deaf one is over')),
      other.run().then(() => {
        say('the other is over');
        // 5 s: five times as long as a process may take to end by itself (1 s).
        deaf.callLater(5_000, () => void deaf.stop());
      }),
    ]);
    say('running');
    await runs;
  },

  worstStatus: async () => {
    const failing = new NodeReactor();
    const clean = new NodeReactor();
    failing.on('shutdown', () => {
      throw new Error('no');
    });
    const runs = Promise.all([failing.run(), clean.run()]);
    say('running');
    await runs;
  },
};
