import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { join } from 'node:path';
import { bundleProcessPrograms, type Bundles } from './process/bundle.ts';
import { processTests } from './process/index.ts';

jest.setTimeout(90_000);

let bundles: Bundles;
beforeAll(async () => {
  bundles = await bundleProcessPrograms(join(import.meta.dirname, 'programs'));
});
afterAll(async () => {
  await bundles[Symbol.asyncDispose]();
});

processTests({ describe, it, expect }, { name: 'Node', program: process.execPath }, () => bundles.folder);
