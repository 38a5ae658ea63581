import { runService, type NodeReactor } from '@triphase/node-reactor';
import { linger, noteLife } from './notes.mjs';

await runService((app: NodeReactor): void => {
  noteLife(app);
});
await linger();
