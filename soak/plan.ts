/** Kind `process`: what a planned process does, and what happens to it. A seed decides all of it. */
import { Random } from './random.ts';

export type Stream = 'stdout' | 'stderr';

/** Something that happens to a process at a step. */
export type Act =
  | {
      readonly kind: 'signal';
      readonly signal: NodeJS.Signals;
      /** Sent right after the first signal, as terminals and npm do (N5). */
      readonly doubled: NodeJS.Signals | undefined;
      readonly by: 'itself' | 'another process';
    }
  /** Other code calls `process.exit(status)`, in the step itself or in a later callback (N22). */
  | { readonly kind: 'exit'; readonly status: number; readonly later: boolean }
  /** The readers of these streams go away (N23). */
  | { readonly kind: 'close'; readonly streams: readonly Stream[] }
  /** The parent is killed, or closes the channel (N25). */
  | { readonly kind: 'orphan'; readonly how: 'kill' | 'disconnect' };

/** The plan of one process. */
export interface Plan {
  /** A bare reactor, `runService` or `runMain`. */
  readonly kind: 'reactor' | 'service' | 'main';
  readonly parent: 'none' | 'fork' | 'worker';
  /** Whether a trigger of `reload` is registered, and whether it returns a promise (N20). */
  readonly reload: 'none' | 'sync' | 'async';
  /** The streams that each step writes to. */
  readonly writes: readonly Stream[];
  /** How the reactor prints: by the console, or by a logger that writes to stdout. */
  readonly logger: 'console' | 'stdout';
  /** The number of steps of each kind. `start`: each service has one `start` step and one `stop` step; a main has only the `stop` steps. */
  readonly steps: { readonly setup: number; readonly start: number; readonly work: number; readonly finally: number };
  /** The acts, by the step at which they happen, such as `start 2`. */
  readonly acts: Readonly<Record<string, Act>>;
  /** If set, the only act happens at this time after the start of the program. Milliseconds. */
  readonly after: number | undefined;
  /** Whether a step waits for the effect of its act. Always true with more than one act. */
  readonly waits: boolean;
  /** Whether the signal is sent again when the run is over (N5). */
  readonly repeats: boolean;
  /** Whether the program goes on after the run, until the reactor must have removed all of its listeners. */
  readonly lingers: boolean;
}

/** The key of the act that happens at a time instead of at a step. */
export const TIMED = 'timed';
/** The text that a step writes. */
export const WRITTEN = 'written\n';
export const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** The plan of a seed. The soak and the process both call it, and get the same plan. */
export function planOf(seed: number): Plan {
  const random = new Random(Math.imul(seed, 0x85ebca6b));
  const kind = random.pick(['service', 'main', 'reactor', 'service', 'main'] as const);
  const parent = random.pick(['none', 'none', 'fork', 'worker'] as const);
  const reload = random.pick(['none', 'sync', 'async'] as const);
  const steps = {
    setup: kind === 'service' ? 1 + random.below(3) : 0,
    start: 1 + random.below(4),
    work: 1 + random.below(3),
    finally: kind === 'main' ? random.below(3) : 0,
  };
  const after = random.chance(0.15) ? random.below(60) : undefined;
  const waits = random.chance(0.7);
  const acts: Record<string, Act> = {};
  // A main has no `start` steps, so an act there would never happen.
  const early = (['setup', 'start', 'work'] as const)
    .filter((name) => name !== 'start' || kind !== 'main')
    .flatMap((name) => numbered(name, steps[name])) as [string, ...string[]]; // as: each plan has a `work` step
  const late = [
    'before 0',
    'after 0',
    ...numbered('finally', steps.finally),
    ...numbered('stop', steps.start),
  ] as const;
  if (after !== undefined) acts[TIMED] = timedAct(random);
  else if (random.chance(0.95)) {
    acts[random.pick(early)] = act(random, parent, reload);
    for (let left = waits ? random.below(4) : 0; left > 0; left--)
      acts[random.pick(random.chance(0.7) ? late : early)] = act(random, parent, reload);
  }
  return {
    kind,
    parent,
    reload,
    writes: (['stdout', 'stderr'] as const).filter(() => random.chance(0.5)),
    logger: random.pick(['console', 'stdout']),
    steps,
    acts,
    after,
    waits,
    repeats: random.chance(0.3),
    lingers: random.chance(0.2),
  };
}

/** Whether the signal means reload, not stop (N20). */
export function isReload({ reload }: Pick<Plan, 'reload'>, signal: NodeJS.Signals): boolean {
  return reload !== 'none' && signal === 'SIGHUP';
}

function act(random: Random, parent: Plan['parent'], reload: Plan['reload']): Act {
  const kind = random.weighted({ signal: 6, exit: 2, close: 2, orphan: parent === 'none' ? 0 : 4 });
  switch (kind) {
    case 'signal': {
      const signal = random.pick(STOP_SIGNALS);
      const doubled = random.pick(['SIGTERM', 'SIGINT', undefined, undefined] as const);
      const by = random.pick(['itself', 'another process'] as const);
      return { kind, signal, doubled: isReload({ reload }, signal) ? undefined : doubled, by };
    }
    case 'exit':
      return { kind, status: random.pick([0, 0, 3]), later: random.chance(0.5) };
    case 'close':
      return { kind, streams: random.pick([['stdout'], ['stderr'], ['stdout', 'stderr']]) };
    case 'orphan':
      return { kind, how: random.pick(['kill', 'disconnect']) };
  }
}

function timedAct(random: Random): Act {
  if (random.chance(0.4)) return { kind: 'exit', status: random.pick([0, 0, 3]), later: false };
  return { kind: 'signal', signal: random.pick(STOP_SIGNALS), doubled: undefined, by: 'itself' };
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name} ${String(index)}`);
}
