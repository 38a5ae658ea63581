/** The topic `memory` (P5): the bytes of the heap for each live timed call, without its closure. Each figure comes from a process of its own. */
import { join } from 'node:path';
import { runProgram } from '../harness/program.mjs';

export const title = 'Memory';

export async function groups({ quick }) {
  const count = quick ? 1e4 : 2e5;
  const bytes = (kind, delays) => ({
    value: () => runProgram(join(import.meta.dirname, '..', 'programs', 'memory.mjs'), [kind, delays, String(count)]),
  });
  const claim = (delays, bar) => ({
    metric: 'P5',
    workload: `bytes for each live DelayedCall, without its closure, ${delays} duration${delays === 'same' ? '' : 's'}`,
    of: `Triphase, ${delays}`,
    bar,
  });
  return [
    {
      title: 'P5: bytes for each live timed call, beyond its closure and the handle that the program keeps',
      unit: 'B',
      baseline: 'Node setTimeout, same',
      cases: {
        'Triphase, same': bytes('triphase', 'same'),
        'Triphase, random': bytes('triphase', 'random'),
        'Node setTimeout, same': bytes('node', 'same'),
        'Node setTimeout, random': bytes('node', 'random'),
        'an object of two fields, which has 40 B': bytes('object', 'same'),
      },
      claims: [claim('same', 95), claim('random', 125)],
    },
  ];
}
