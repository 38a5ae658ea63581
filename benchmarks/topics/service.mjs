/** The topic `service`: how long a whole service takes to stop (P15) and to start (P16). Each sample is a process of its own. */
import { join } from 'node:path';
import { runProgram } from '../harness/program.mjs';
import { PEERS } from '../lifecycle/peers.mjs';
import { idleStop } from '../lifecycle/scenarios.mjs';

export const title = 'A service';

const plain = (text) => text.replaceAll('`', '');

/** Milliseconds from SIGTERM until the process is gone. */
const stop = (peer) => ({ value: async () => (await idleStop(peer)).ms });

const start = (kind) => ({
  value: () => runProgram(join(import.meta.dirname, '..', 'programs', 'start.mjs'), [kind], []),
});

export function groups({ quick }) {
  return [
    {
      title: 'P15: SIGTERM to process gone, an idle service',
      note: 'Of these, only Triphase breaks no request under load ([comparison](../docs/comparison.md)), so the row has no bar. Before it closes its listener, it waits 25 ms for connections that clients have begun to open (N13).',
      unit: 'ms',
      baseline: 'server.close()',
      settings: quick ? { rounds: 1, warmUps: 0 } : { rounds: 9, warmUps: 1 },
      cases: Object.fromEntries(PEERS.map((peer) => [plain(peer.title), stop(peer)])),
      claims: [
        {
          metric: 'P15',
          workload: 'SIGTERM to process gone, idle',
          remark: 'the others lose requests, no bar',
          of: 'Triphase',
          against: 'server.close()',
        },
      ],
    },
    {
      title: 'P16: CPU time of a process until it listens',
      note: 'Counted from the start of the process, so both figures include the start of Node itself.',
      unit: 'ms',
      baseline: 'without Triphase',
      settings: quick ? { rounds: 1, warmUps: 0 } : { rounds: 21 },
      cases: { 'without Triphase': start('bare'), 'the quick start': start('served') },
      claims: [
        {
          metric: 'P16',
          workload: 'CPU time until the quick start listens',
          of: 'the quick start',
          against: 'without Triphase',
          bar: 1.25,
        },
      ],
    },
  ];
}
