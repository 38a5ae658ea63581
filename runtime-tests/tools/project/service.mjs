import { runService } from '@triphase/node-reactor';
import { linger, noteLife } from './notes.mjs';

await runService(noteLife);
await linger();
