import { runService, type NodeReactor } from '@triphase/node-reactor';
import { noteLife } from './notes.mjs';

await runService((app: NodeReactor): void => noteLife(app));
