import { describe, expect, it } from '@jest/globals';
import { ManualReactor, reactorConformance } from '@triphase/testing';
import { ImmediateReactor } from '../packages/testing/test/immediate-reactor.ts';

// In virtual time the kit takes one second.
reactorConformance(
  { describe, it, expect },
  {
    name: 'ManualReactor',
    create: (options) => new ManualReactor({ ...options, autojump: true }),
    capabilities: { movingClock: false, keepAlive: false, signals: false },
  },
);

/** The statements about what a reactor asks of its host, which must be a real one. */
const aboutTheHost = /^C([1-5]|2[45]|3[0-79]): /;

reactorConformance(
  { describe, expect, it: (name, body) => void (aboutTheHost.test(name) && it(name, body)) },
  { name: 'ImmediateReactor', create: (options) => new ImmediateReactor(options), capabilities: { signals: false } },
);
