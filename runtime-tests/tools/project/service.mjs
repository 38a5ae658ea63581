/** A service that notes its start and its stop. */
import { runService } from '@triphase/node-reactor';
import { linger, noteStartAndStop } from './notes.mjs';

await runService(noteStartAndStop);
await linger();
