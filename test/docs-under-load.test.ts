import { describe, expect, jest, test } from '@jest/globals';
import { stopUnderLoad, type StoppedUnderLoad } from '../scripts/http-load.mjs';
import { blocksOf, type Block } from './docs-blocks.ts';
import { PATIENCE, withBundle } from './docs-run.ts';

jest.setTimeout(PATIENCE);

const RUNS = 3;

/** The programs of a page that are stopped by SIGTERM. */
const programsOf = (page: string): Block[] => blocksOf(page).filter(({ mark }) => mark === 'sigterm');

const [bareServer, , inOrder] = programsOf('docs/services.md');
const programs: readonly (Block | undefined)[] = [
  programsOf('docs/http.md')[0],
  programsOf('docs/http.md').find(({ code }) => code.includes('node:cluster')),
  inOrder,
];

async function stopped(block: Block, keepAlive: boolean): Promise<StoppedUnderLoad> {
  return withBundle(block, (file) => stopUnderLoad([process.execPath, file], { clients: 20, keepAlive }));
}

describe('HTTP programs of the pages under load', () => {
  test.each([
    ['keep their connections', true],
    ['connect anew for each request', false],
  ])('N15: a stop breaks no request of 20 clients that %s', async (_clients, keepAlive) => {
    for (const block of programs) {
      for (let run = 1; run <= RUNS; run++) {
        const { answered, broken, errors, status, stderr } = await stopped(block!, keepAlive);
        const place = `${block!.place}, run ${String(run)}`;
        expect({ place, broken, errors, status, stderr }).toEqual({
          place,
          broken: 0,
          errors: {},
          status: 0,
          stderr: '',
        });
        expect(answered).toBeGreaterThanOrEqual(200); // they were under load
      }
    }
  });

  test('N15: the same load breaks requests of step 1 of docs/services.md, which calls server.close()', async () => {
    const { broken, errors } = await stopped(bareServer!, true);
    expect(broken).toBeGreaterThan(0);
    expect(Object.keys(errors)).toEqual(['ECONNRESET']);
  });
});
