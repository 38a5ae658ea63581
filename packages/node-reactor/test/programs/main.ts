import { ends } from './ends.ts';
import { http } from './http.ts';
import { mains } from './mains.ts';
import { outputs } from './outputs.ts';
import { shared } from './shared.ts';
import { signals } from './signals.ts';
import { watchdogs } from './watchdogs.ts';

const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  ...ends,
  ...http,
  ...mains,
  ...outputs,
  ...shared,
  ...signals,
  ...watchdogs,
};
await programs[process.argv[2]!]!();
