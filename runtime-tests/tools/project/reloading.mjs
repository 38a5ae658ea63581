/** `node reloading.mjs`: a service that has something to reload, and prints nothing. */
import { runService } from '@triphase/node-reactor';
import { note, noteLife } from './notes.mjs';

await runService((app) => {
  noteLife(app);
  app.on('reload', () => note('reload'));
});
