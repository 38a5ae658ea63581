import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { stopUnderLoad } from '../../../scripts/http-load.mjs';
import { Bundles, closingLines, CLOSING_LINES, FRAMEWORKS } from './bundle.ts';

jest.setTimeout(120_000);

/** Each case runs several times, since a broken request is rare. */
const RUNS = 2;

let programs: Bundles;

beforeAll(async () => {
  programs = await Bundles.of('src');
});

afterAll(() => programs[Symbol.asyncDispose]());

describe.each(FRAMEWORKS)('%s', (framework) => {
  test.each([
    { how: 'keep-alive connections', keepAlive: true },
    { how: 'a new connection for each request', keepAlive: false },
  ])('N15: a stop breaks no request of 20 clients with $how', async ({ keepAlive }) => {
    for (let run = 0; run < RUNS; run++) {
      const wrong: string[] = [];
      const onAnswer = (status: number, body: string): void => {
        if (status !== 200 || body !== '{"id":"7","name":"User 7"}') wrong.push(`${String(status)} ${body}`);
      };
      const ended = await stopUnderLoad(programs.command(framework), { path: '/users/7', keepAlive, onAnswer });

      const { errors, status, stderr, stdout } = ended;
      expect({ errors, wrong, status, stderr }).toEqual({ errors: {}, wrong: [], status: 0, stderr: '' });
      expect(closingLines(stdout)).toEqual(CLOSING_LINES[framework]);
    }
  });
});
