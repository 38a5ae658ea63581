import { describe, expect, it } from '@jest/globals';
import { NodeReactor } from '@triphase/node-reactor';
import { reactorConformance } from '@triphase/testing';

// Without signals the reactor has no say in how this process ends: that is the affair of whoever runs the tests (N11).
reactorConformance(
  { describe, it, expect },
  { name: 'NodeReactor', create: (options) => new NodeReactor({ ...options, signals: false }) },
);
