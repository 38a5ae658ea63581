import { describe, expect, it, jest } from '@jest/globals';
import { ManualReactor, reactorConformance } from '@triphase/testing';
import { HostReactor } from './host-reactor.ts';

// The kit's own time limit for a test counts at most half a second of each stall of the machine. Jest's limit counts all of it.
jest.setTimeout(60_000);

// Virtual time, which moves by itself and stands still while code runs.
reactorConformance(
  { describe, it, expect },
  {
    name: 'ManualReactor',
    create: (options) => new ManualReactor({ ...options, autojump: true }),
    capabilities: { movingClock: false, keepAlive: false, signals: false },
  },
);

// The shortest possible reactor, in real time.
reactorConformance(
  { describe, it, expect },
  {
    name: 'a reactor over setTimeout',
    create: (options) => new HostReactor(options),
    capabilities: { keepAlive: false, signals: false },
  },
);
