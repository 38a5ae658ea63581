import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Program } from '../../../scripts/http-load.mjs';
import { Bundles, closingLines, CLOSING_LINES, FRAMEWORKS } from './bundle.ts';

jest.setTimeout(60_000);

let programs: Bundles;
let otherServer: Server;

beforeAll(async () => {
  programs = await Bundles.of('src');
  otherServer = createServer().listen(0);
  await once(otherServer, 'listening');
});

afterAll(async () => {
  otherServer.close();
  await programs[Symbol.asyncDispose]();
});

test.each(FRAMEWORKS)(
  'C52: the program with %s on a port in use runs the close hooks, closes the database, and ends with status 1',
  async (framework) => {
    // start() resolves at once: the other server accepts connections on this port.
    const program = await Program.start(programs.command(framework), {
      port: (otherServer.address() as AddressInfo).port,
    });
    try {
      const status = await program.exited;

      expect({ status, closed: closingLines(program.stdout) }).toEqual({ status: 1, closed: CLOSING_LINES[framework] });
      expect(program.stderr).toContain('EADDRINUSE');
    } finally {
      program.child.kill('SIGKILL');
    }
  },
);
