/** The tools of the tests for pages (test/docs-blocks.ts, test/run-program.ts), for a Node that strips no types. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from './conformance/bundle.mjs';

const source = `export * from '../../test/docs-blocks.ts'; export * from '../../test/run-program.ts';`;

/** Bundles them into `folder`, and loads them. Their `root` is wrong there: pass `root` of scripts/packages.mjs, and texts. */
export async function docsTools(folder) {
  const outfile = join(folder, 'docs-tools.mjs');
  await bundle({ source, outfile });
  return import(pathToFileURL(outfile));
}
