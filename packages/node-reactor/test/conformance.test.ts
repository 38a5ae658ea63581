import { describe, expect, it } from '@jest/globals';
import { NodeReactor } from '@triphase/node-reactor';
import { reactorConformance } from '@triphase/testing';

// With signals: false the reactor doesn't change how the process of the tests ends (N11).
reactorConformance(
  { describe, it, expect },
  { name: 'NodeReactor', create: (options) => new NodeReactor({ ...options, signals: false }) },
);
