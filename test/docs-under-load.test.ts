import { describe, expect, jest, test } from '@jest/globals';
import { stopUnderLoad, type StoppedUnderLoad } from '../scripts/http-load.mjs';
import { blocksOf, type Block } from './docs-blocks.ts';
import { PATIENCE, withBundle } from './docs-run.ts';

jest.setTimeout(PATIENCE);

const RUNS = 3;

/** The programs of a page that are stopped by SIGTERM. */
const programsOf = (page: string): Block[] => blocksOf(page).filter(({ mark }) => mark === 'sigterm');

/** The programs of a page that serve HTTP and are stopped by SIGTERM. */
const serversOf = (page: string): Block[] => programsOf(page).filter(({ code }) => code.includes('createServer('));

const [oneServer, inOrder] = serversOf('docs/services.md');
const [bareServer] = serversOf('docs/why.md');
const [, server, withWork] = programsOf('docs/start.md');
const [first, , cluster] = programsOf('docs/http.md');
const programs: Readonly<Record<string, Block | undefined>> = {
  'the quick start of README.md': programsOf('README.md')[0],
  'the server of docs/start.md': server,
  'the server with background work of docs/start.md': withWork,
  'the first program of docs/http.md': first,
  'the server of docs/services.md': oneServer,
  'the services in order of docs/services.md': inOrder,
};

async function stopped(block: Block, keepAlive: boolean): Promise<StoppedUnderLoad> {
  return withBundle(block, (file) => stopUnderLoad([process.execPath, file], { clients: 20, keepAlive }));
}

describe('programs of the pages under load', () => {
  describe.each(Object.entries(programs).map(([name, block]) => ({ name, block })))('$name', ({ block }) => {
    test.each([
      { clients: 'keep their connections', keepAlive: true },
      { clients: 'connect anew for each request', keepAlive: false },
    ])('N15: a stop breaks no request of 20 clients that $clients', async ({ keepAlive }) => {
      for (let run = 1; run <= RUNS; run++) {
        const { answered, broken, errors, status, stderr } = await stopped(block!, keepAlive);
        expect({ run, broken, errors, status, stderr }).toEqual({ run, broken: 0, errors: {}, status: 0, stderr: '' });
        expect(answered).toBeGreaterThanOrEqual(200); // they were under load
      }
    });
  });

  test('N13: the workers of docs/http.md and their primary end by themselves under load', async () => {
    const { status, stderr } = await stopped(cluster!, true);
    expect([status, stderr]).toEqual([0, '']);
  });

  test('N15: the same load breaks requests of the program of docs/why.md, which calls server.close()', async () => {
    const { broken, errors } = await stopped(bareServer!, true);
    expect(broken).toBeGreaterThan(0);
    expect(Object.keys(errors)).toEqual(['ECONNRESET']);
  });
});
