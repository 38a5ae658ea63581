/** The functions of test/docs-blocks.ts and test/run-program.ts for stages, since Node 20 cannot import TypeScript. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from './conformance/bundle.mjs';

const source = `export * from '../../test/docs-blocks.ts'; export * from '../../test/run-program.ts';`;

/**
 * Bundles these modules into `folder` and imports the bundle. Pass `root` of scripts/packages.mjs to the imported functions: the
 * `root` that the bundle exports is wrong, since the bundle is in another folder than the modules.
 */
export async function docsTools(folder) {
  const outfile = join(folder, 'docs-tools.mjs');
  await bundle({ source, outfile });
  return import(pathToFileURL(outfile));
}
