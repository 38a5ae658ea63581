import { comingBack } from './coming-back.mjs';
import { frameFeatures } from './frame-features.mjs';
import { frameSources } from './frame-sources.mjs';
import { frames } from './frames.mjs';
import { hidden } from './hidden.mjs';
import { hosts } from './hosts.mjs';
import { leaving } from './leaving.mjs';
import { loading } from './loading.mjs';
import { loop } from './loop.mjs';
import { stalled } from './stalled.mjs';
import { visibility } from './visibility.mjs';
import { worker } from './worker.mjs';

/**
 * The tests that need a real page: `{ name, skip?: { Engine: reason }, run({ page, open, url, mailbox, engine }) }`. `page` is a new visible tab
 * at /page.html, `open(path?)` opens another one, `url(path)` is an address of the site, `mailbox` has what the pages of the test post.
 */
export const tests = [
  ...loop,
  ...stalled,
  ...frames,
  ...frameFeatures,
  ...frameSources,
  ...hidden,
  ...visibility,
  ...loading,
  ...leaving,
  ...comingBack,
  ...worker,
  ...hosts,
];
