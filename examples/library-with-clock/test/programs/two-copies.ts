/** The clock is a reactor of this bundle. The library in `library.mjs` is bundled with another copy of core. */
import { createNodeReactor } from '@triphase/node-reactor';
import { join } from 'node:path';
import type { batch as Batch } from '../../src/batch.ts';

const { batch } = (await import(join(import.meta.dirname, 'library.mjs'))) as { readonly batch: typeof Batch }; // as: the bundle of library.ts
const app = createNodeReactor({ signals: false });
const add = batch<string>(async (items) => console.log(items.join(' ')), { clock: app, ms: 60_000 });
app.callWhenRunning(() => {
  add('a');
  add('b');
  void app.stop();
});
const { errors } = await app.run();
console.log(errors.length);
