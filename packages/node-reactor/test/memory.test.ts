import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from '@jest/globals';
import { NodeReactor } from '@triphase/node-reactor';
import { FakeProcess } from './fake-process.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void; // the flag defines it

const KB = 2 ** 10;

/** Runs and stops a reactor whose triggers refer to 100 kB. */
async function live(reactor: NodeReactor): Promise<void> {
  const load = new Array<number>((100 * KB) / 8).fill(0);
  reactor.on('startup', () => load.length);
  reactor.on('shutdown', async () => load.length);
  const run = reactor.run();
  await reactor.startupReport;
  await reactor.stop();
  await run;
}

it('C43: a reactor whose run is over can be collected, also while its process may still be ended by force', async () => {
  const fake = new FakeProcess();
  const reactorThatLived = async (): Promise<WeakRef<NodeReactor>> => {
    const reactor = fake.reactor();
    await fake.live(reactor, 'SIGTERM');
    return new WeakRef(reactor);
  };
  const reactor = await reactorThatLived();
  await new Promise((resolve) => setImmediate(resolve)); // a WeakRef keeps its target until the end of the turn in which it was made or read
  gc();
  expect(reactor.deref()).toBeUndefined();
  await fake.advance(60_000, 500);
  expect(fake.exits).toBe(1);
});

it('C43: the memory of a run is freed by the next minor collection', async () => {
  // V8 puts some closures into the old generation at once, and what they refer to stays until a full collection. So the first 20 runs are
  // followed by a full collection, and the limit for those that are measured is half of their 100 kB.
  for (let i = 0; i < 20; i++) await live(new NodeReactor({ signals: false }));
  gc();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 20; i++) {
    await live(new NodeReactor({ signals: false }));
    gc({ type: 'minor' });
  }
  await new Promise((resolve) => setImmediate(resolve));
  gc({ type: 'minor' });
  gc({ type: 'minor' });
  expect((process.memoryUsage().heapUsed - before) / 20).toBeLessThan(50 * KB);
});
