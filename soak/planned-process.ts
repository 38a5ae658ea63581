/** Kind `process`: starts a process with a random plan and checks it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { planOf, type Plan } from './plan.ts';
import { judge } from './process-model.ts';
import { count, type Tally } from './tally.ts';

/** A process that takes longer hangs. Milliseconds. */
const PATIENCE_MS = 60_000;

/**
 * Starts a process with the plan of this seed, and does the acts that only another process can do. Returns a message if the process has violated a
 * statement.
 */
export async function plannedProcess(seed: number, tally: Tally): Promise<string[]> {
  const plan = planOf(seed);
  for (const what of tallyOf(plan)) count(tally, what);
  const role = plan.parent === 'none' ? 'life' : plan.parent;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'planned-life.mjs'), role, String(seed)], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>; // as: the arguments of `close`
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      printed[name] += chunk;
    });
  }
  const lines: string[] = [];
  let pid: number | undefined;
  const kill = (signal: NodeJS.Signals): void => {
    try {
      if (pid !== undefined) process.kill(pid, signal);
    } catch {
      // It has already ended.
    }
  };
  const patience = setTimeout(() => {
    lines.push('hangs');
    kill('SIGKILL');
    child.kill('SIGKILL');
  }, PATIENCE_MS);
  // as: the options of `spawn` make it a pipe
  for await (const line of createInterface({ input: child.stdio[3] as Readable })) {
    lines.push(line);
    const [what, ...rest] = line.split(' ');
    if (what === 'pid') pid = Number(rest[0]);
    const act = what === 'act' ? plan.acts[rest.join(' ')] : undefined;
    if (act?.kind === 'signal' && act.by === 'another process') kill(act.signal);
    if (act?.kind === 'close') for (const stream of act.streams) child[stream]?.destroy();
  }
  const [code, killedBy] = await closed;
  clearTimeout(patience);
  const wrong = judge(plan, { lines, printed, status: code ?? killedBy ?? '' });
  if (wrong.length === 0) return [];
  return [[...wrong, JSON.stringify(plan), ...lines, printed.stdout, printed.stderr].join('\n  ')];
}

/** The entries of the tally for this plan. */
function tallyOf({ acts, kind, parent }: Plan): string[] {
  const kinds = new Set(Object.values(acts).map((act) => act.kind));
  return [
    `planned: ${kind}`,
    ...(parent === 'none' ? [] : [`planned: child of a ${parent}`]),
    ...(kinds.size === 0 ? ['planned: its own end'] : [...kinds].map((each) => `planned: ${each}`)),
  ];
}
