/** A worker with the conformance kit. */
import { reactorConformance, tinyRunner } from '@triphase/testing';
import { createReactor } from 'triphase';
import { textOf } from './run-tests.mjs';

// The tests are registered at module scope, where workerd allows no timer. Each test runs in a request of its own (D8).
const tests = [];
const skips = [];
reactorConformance(
  {
    describe: (_name, body) => body(),
    it: Object.assign((name, body) => void tests.push({ name, body }), { skip: (name) => void skips.push(name) }),
    expect: tinyRunner().expect,
  },
  {
    name: 'the reactor of triphase on workerd',
    create: (options) => createReactor(options),
    capabilities: { keepAlive: false, signals: false },
  },
);

/** `GET /` lists the tests, `GET /n` runs test number n and answers `{ error }` if it fails, or `{}`. */
export default {
  async fetch({ url }) {
    const path = new URL(url).pathname.slice(1);
    if (path === '') return Response.json({ tests: tests.map(({ name }) => name), skips });
    try {
      await tests[Number(path)].body();
      return Response.json({});
    } catch (error) {
      return Response.json({ error: textOf(error) });
    }
  },
};
