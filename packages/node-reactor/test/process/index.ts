import type { TestRunner } from '@triphase/testing';
import { exits } from './exits.ts';
import { parents } from './parents.ts';
import { ends } from './ends.ts';
import { failedStarts } from './failed-starts.ts';
import { fails } from './fails.ts';
import { http } from './http.ts';
import { ProcessKit } from './kit.ts';
import { outputs } from './outputs.ts';
import { setups } from './setups.ts';
import { pidOne } from './pid-one.ts';
import { mains } from './mains.ts';
import type { Runtime } from './program.ts';
import { shared } from './shared.ts';
import { signals } from './signals.ts';
import { sockets } from './sockets.ts';
import { statuses } from './statuses.ts';
import { systemd } from './systemd.ts';
import { watchdogs } from './watchdogs.ts';
import { work } from './work.ts';
import { workers } from './workers.ts';

/** Tests of how a process lives and ends, with real processes and signals on one runtime. `folder` holds the bundled programs. */
export function processTests(runner: TestRunner, runtime: Runtime, folder: () => string): void {
  const kit = new ProcessKit(runner, runtime, folder);
  for (const [title, section] of Object.entries({
    ends,
    exits,
    'failed starts': failedStarts,
    fails,
    http,
    parents,
    signals,
    shared,
    watchdogs,
    workers,
    mains,
    setups,
    work,
    outputs,
    statuses,
    'PID 1': pidOne,
    systemd,
    sockets,
  })) {
    runner.describe(`${runtime.name}, ${title}`, () => section(kit));
  }
}
