import { ends } from './ends.ts';
import { http } from './http.ts';
import { mains } from './mains.ts';
import { shared } from './shared.ts';
import { signals } from './signals.ts';
import { sockets } from './sockets.ts';
import { systemd } from './systemd.ts';
import { watchdogs } from './watchdogs.ts';

const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  ...ends,
  ...http,
  ...mains,
  ...shared,
  ...signals,
  ...sockets,
  ...systemd,
  ...watchdogs,
};
await programs[process.argv[2]!]!();
