/** The same service in TypeScript, for tsx. */
import { runService, type NodeReactor } from '@triphase/node-reactor';
import { linger, noteStartAndStop } from './notes.mjs';

await runService((app: NodeReactor): void => {
  noteStartAndStop(app);
});
await linger();
