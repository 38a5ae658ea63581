import { parents } from './parents.ts';
import { ends } from './ends.ts';
import { exits } from './exits.ts';
import { failedStarts } from './failed-starts.ts';
import { fails } from './fails.ts';
import { http } from './http.ts';
import { mains } from './mains.ts';
import { outputs } from './outputs.ts';
import { setups } from './setups.ts';
import { shared } from './shared.ts';
import { signals } from './signals.ts';
import { sockets } from './sockets.ts';
import { statuses } from './statuses.ts';
import { systemd } from './systemd.ts';
import { watchdogs } from './watchdogs.ts';
import { work } from './work.ts';
import { workers } from './workers.ts';

const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  ...ends,
  ...exits,
  ...failedStarts,
  ...fails,
  ...http,
  ...mains,
  ...outputs,
  ...parents,
  ...setups,
  ...shared,
  ...signals,
  ...sockets,
  ...statuses,
  ...systemd,
  ...watchdogs,
  ...work,
  ...workers,
};
await programs[process.argv[2]!]!();
