import { runService } from '@triphase/node-reactor';
import { noteLife } from './notes.mjs';

await runService(noteLife);
