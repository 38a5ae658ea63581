import { describe, expect, it, jest } from '@jest/globals';
import { ManualReactor, reactorConformance } from '@triphase/testing';
import { HostReactor } from './host-reactor.ts';

// The limit of the kit counts no stall of the machine; that of jest does.
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
