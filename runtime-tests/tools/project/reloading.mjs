/** A service with a trigger for `reload`. It prints nothing. */
import { runService } from '@triphase/node-reactor';
import { note, noteStartAndStop } from './notes.mjs';

await runService((app) => {
  noteStartAndStop(app);
  app.on('reload', () => note('reload'));
});
