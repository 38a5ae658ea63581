import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from '@jest/globals';
import { NodeReactor } from '@triphase/node-reactor';
import { FakeProcess } from './fake-process.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void; // what that flag puts there

const KB = 2 ** 10;

/** One life of a reactor that knows 100 kB. */
async function live(reactor: NodeReactor): Promise<void> {
  const load = new Array<number>((100 * KB) / 8).fill(0);
  reactor.on('startup', () => load.length);
  reactor.on('shutdown', async () => load.length);
  const run = reactor.run();
  await reactor.startupReport;
  await reactor.stop();
  await run;
}

it('C43: a process keeps no reactor whose run is over, though it may yet have to be ended', async () => {
  const fake = new FakeProcess();
  const reactorThatLived = async (): Promise<WeakRef<NodeReactor>> => {
    const reactor = fake.reactor();
    await fake.live(reactor, 'SIGTERM');
    return new WeakRef(reactor);
  };
  const reactor = await reactorThatLived();
  await new Promise((resolve) => setImmediate(resolve)); // a WeakRef holds what it was made of, or asked for, until here
  gc();
  expect(reactor.deref()).toBeUndefined();
  await fake.advance(60_000, 500);
  expect(fake.exits).toBe(1);
});

it('C43: what a life has used is free at the next minor collection', async () => {
  // V8 makes some closures old from birth; what one of them knows stays until a whole collection.
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
