/** Runs the conformance kit as a test of core, on two reactors. Part of `npm run mutate` only. */
import { describe, expect, it } from '@jest/globals';
import { ManualReactor, reactorConformance } from '@triphase/testing';
import { ImmediateReactor } from '../packages/testing/test/immediate-reactor.ts';

// In virtual time, so that the kit takes one second.
reactorConformance(
  { describe, it, expect },
  {
    name: 'ManualReactor',
    create: (options) => new ManualReactor({ ...options, autojump: true }),
    capabilities: { movingClock: false, keepAlive: false, signals: false },
  },
);

/** The statements about the calls that a reactor makes to its host. They need a reactor on the real event loop. */
const aboutTheHost = /^C([1-5]|2[45]|3[0-79]): /;

reactorConformance(
  { describe, expect, it: (name, body) => void (aboutTheHost.test(name) && it(name, body)) },
  { name: 'ImmediateReactor', create: (options) => new ImmediateReactor(options), capabilities: { signals: false } },
);
