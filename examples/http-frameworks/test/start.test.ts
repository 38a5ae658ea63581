import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Program } from '../../../scripts/http-load.mjs';
import { Bundles, closingLines, CLOSING_LINES, FRAMEWORKS } from './bundle.ts';

jest.setTimeout(60_000);

let recipes: Bundles;
let other: Server;

beforeAll(async () => {
  recipes = await Bundles.of('src');
  other = createServer().listen(0);
  await once(other, 'listening');
});

afterAll(async () => {
  other.close();
  await recipes[Symbol.asyncDispose]();
});

test.each(FRAMEWORKS)(
  'C52: %s on a port that is taken closes what it has opened, with exit status 1',
  async (framework) => {
    // The port accepts connections from the start: the other server's.
    const program = await Program.start(recipes.command(framework), { port: (other.address() as AddressInfo).port });
    try {
      const status = await program.exited;

      expect({ status, closed: closingLines(program.stdout) }).toEqual({ status: 1, closed: CLOSING_LINES[framework] });
      expect(program.stderr).toContain('EADDRINUSE');
    } finally {
      program.child.kill('SIGKILL');
    }
  },
);
