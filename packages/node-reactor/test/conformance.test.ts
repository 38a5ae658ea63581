import { describe, expect, it } from '@jest/globals';
import { NodeReactor } from '@triphase/node-reactor';
import { reactorConformance } from '@triphase/testing';

reactorConformance({ describe, it, expect }, { name: 'NodeReactor', create: (options) => new NodeReactor(options) });
