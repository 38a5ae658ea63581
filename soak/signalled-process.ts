/** Kind `process`: starts a process with random services, sends it signals, and checks how it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { Random } from './random.ts';
import { count, type Tally } from './tally.ts';

/** What happens to the process. */
export type Scenario = (typeof SCENARIOS)[number];
const SCENARIOS = [
  'clean',
  'true-signal',
  'doubled',
  'starting',
  'fails',
  'deadline',
  'escalated',
  'start-fails',
  'uncaught',
] as const;

/** The summary that the process prints after its run. */
export interface Summary {
  readonly reason: string;
  readonly signal: string | undefined;
  readonly log: readonly string[];
  /** The events of the process for which the reactor still has listeners. */
  readonly listeners: readonly string[];
  readonly resources: readonly string[];
}

/** Longer than the 200 ms in which a repeated signal counts as the same one (N5). Milliseconds. */
const LATER_MS = 1_000;
/** A process that takes longer hangs, and is killed. Milliseconds. */
const PATIENCE_MS = 60_000;
const SERVICES = 6;

/** Runs one process (N4, N5, N7, N8, N11). Returns a message if it has not ended as expected. */
export async function signalledProcess(seed: number, tally: Tally): Promise<string[]> {
  const random = new Random(seed);
  const scenario = SCENARIOS[seed % SCENARIOS.length] ?? 'clean';
  const first = random.pick<NodeJS.Signals>(['SIGTERM', 'SIGINT', 'SIGHUP']);
  const second = random.pick<NodeJS.Signals>(['SIGTERM', 'SIGINT', 'SIGHUP']);
  count(tally, `process: ${scenario}`);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'signalled-life.mjs'), scenario, String(seed)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  });
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>; // as: the arguments of `close`
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line === 'starting' && scenario === 'starting') child.kill(first);
    if (line === 'running' && scenario !== 'uncaught') child.kill(first);
    if (line === 'running' && scenario === 'doubled') child.kill(first);
    if (line === 'stopping' && scenario === 'escalated') {
      await after(LATER_MS);
      child.kill(second);
    }
  }
  const [code, killedBy] = await closed;
  const expected = expectedOf(scenario, first, second);
  const report = lines.find((line) => line.startsWith('{'));
  // as: signalled-life.ts prints it
  const summary = report === undefined ? undefined : (JSON.parse(report) as Summary);
  const starts = summary?.log.filter((line) => line.startsWith('start ')) ?? [];
  const stops = summary?.log.filter((line) => line.startsWith('stop ')) ?? [];
  // A service that failed to start isn't stopped.
  const started = scenario === 'start-fails' ? starts.slice(0, -1) : starts;
  const seen = {
    status: code ?? killedBy,
    reason: summary?.reason,
    signal: summary?.signal,
    // All services have started, unless the scenario prevents that.
    allStarted: scenario === 'starting' || scenario === 'start-fails' || starts.length === SERVICES,
    starts,
    stops,
    listeners: summary?.listeners,
    resources: summary?.resources,
    exit: scenario === 'true-signal' || lines.includes('exit'),
  };
  const wanted: typeof seen = {
    ...expected,
    allStarted: true,
    starts: starts.map((_, index) => `start service ${String(index)}`),
    stops: started.map((line) => line.replace('start', 'stop')).reverse(),
    listeners: [],
    resources: [],
    exit: true,
  };
  if (JSON.stringify(seen) === JSON.stringify(wanted)) return [];
  return [`${scenario}, ${first}: ${JSON.stringify(seen)}\n  instead of ${JSON.stringify(wanted)}\n${errors}`];
}

/** The status and reason for each scenario (N11). */
function expectedOf(
  scenario: Scenario,
  first: NodeJS.Signals,
  second: NodeJS.Signals,
): { readonly status: number | NodeJS.Signals; readonly reason: string; readonly signal: NodeJS.Signals | undefined } {
  const stopped = { reason: 'signal', signal: first };
  switch (scenario) {
    case 'clean':
    case 'doubled':
    case 'starting':
      return { status: 0, ...stopped };
    case 'true-signal':
      return { status: first, ...stopped };
    case 'fails':
      return { status: 1, ...stopped };
    case 'deadline':
      return { status: 124, ...stopped };
    case 'escalated':
      return { status: 128 + constants.signals[second], ...stopped };
    case 'start-fails':
      return { status: 1, reason: 'startup-failed', signal: undefined };
    case 'uncaught':
      return { status: 1, reason: 'uncaught', signal: undefined };
  }
}
