import { ends } from './ends.ts';
import { http } from './http.ts';
import { mains } from './mains.ts';
import { shared } from './shared.ts';
import { signals } from './signals.ts';
import { watchdogs } from './watchdogs.ts';
import { workers } from './workers.ts';

const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  ...ends,
  ...http,
  ...mains,
  ...shared,
  ...signals,
  ...watchdogs,
  ...workers,
};
await programs[process.argv[2]!]!();
