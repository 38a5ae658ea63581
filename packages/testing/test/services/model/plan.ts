import type { Phase, RestartOptions, ServiceTimeouts } from '@triphase/core';
import fc from 'fast-check';

export const PHASES: readonly Phase[] = ['before', 'during', 'after'];

export function isLater(phase: Phase, than: Phase): boolean {
  return PHASES.indexOf(phase) > PHASES.indexOf(than);
}

/** Milliseconds of each limit. */
export const LIMITS = {
  startup: { before: 400, during: 400, after: 400 },
  shutdown: { deadline: 1_000, before: 200, during: 600, after: 200 },
} as const;

/** What is done to the reactor, by the program or inside a call of a service. */
export type Act = 'restart' | 'remove' | 'lose' | 'add' | 'stop' | 'escalate' | 'crash';

/** What one call of a function does: it settles at once (0 ms), later or never. */
export interface Step {
  readonly ms: number;
  readonly ends: 'done' | 'failed' | 'never';
  readonly acts: Act | undefined;
  readonly on: number;
}

/** What one call of a body does: it waits for `until`, and settles `ms` later. */
interface BodyStep {
  readonly until: 'time' | 'told' | 'cut' | 'never';
  readonly ms: number;
  readonly ends: 'done' | 'failed' | 'stopped';
  readonly readyAfter: number;
}

/** A service. Each call of a function or body takes the next of its steps. */
export interface Plan {
  readonly kind: 'plain' | 'resource' | 'background' | 'foundation';
  /** Indexes of services that were made before it. */
  readonly needs: readonly number[];
  /** The phases in which it has a startup function. */
  readonly startPhases: readonly Phase[];
  /** The phases in which it has a shutdown function. */
  readonly stopPhases: readonly Phase[];
  /** The steps of its startup functions. */
  readonly startSteps: readonly Step[];
  /** The steps of its shutdown functions. */
  readonly stopSteps: readonly Step[];
  readonly body: readonly BodyStep[];
  readonly manualReady: boolean;
  readonly restart: Required<RestartOptions> | undefined;
  readonly retry: Required<RestartOptions> | undefined;
  readonly onEnd: 'stop' | 'restart' | 'ignore';
  readonly onFailure: 'stop' | 'ignore';
  readonly timeout: ServiceTimeouts | undefined;
}

interface Action {
  /** Milliseconds since the previous action. */
  readonly after: number;
  readonly what: Act | 'wait';
  readonly on: number;
  readonly plan: Plan;
}

export interface Program {
  readonly seed: number;
  readonly services: readonly Plan[];
  readonly actions: readonly Action[];
}

const on = fc.nat({ max: 7 });
const time = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 }));

const step: fc.Arbitrary<Step> = fc.record({
  ms: time,
  ends: fc.oneof(
    { arbitrary: fc.constant('done' as const), weight: 14 },
    { arbitrary: fc.constant('failed' as const), weight: 1 },
    { arbitrary: fc.constant('never' as const), weight: 1 },
  ),
  acts: fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 30 },
    { arbitrary: fc.constantFrom<Act>('restart', 'remove', 'lose', 'add', 'stop', 'escalate', 'crash'), weight: 1 },
  ),
  on,
});

const bodyStep: fc.Arbitrary<BodyStep> = fc.record({
  until: fc.constantFrom('time', 'told', 'told', 'told', 'told', 'cut', 'never'),
  ms: time,
  ends: fc.constantFrom('done', 'done', 'failed', 'stopped'),
  readyAfter: fc.oneof({ arbitrary: time, weight: 9 }, { arbitrary: fc.constant(1_000), weight: 1 }),
});

const policy: fc.Arbitrary<Required<RestartOptions>> = fc
  .record({
    delay: fc.integer({ min: 0, max: 100 }),
    factor: fc.constantFrom(1, 1.5, 3),
    longer: fc.integer({ min: 0, max: 200 }),
    jitter: fc.constantFrom(0, 0.2, 1),
    giveUpAfter: fc.constantFrom(1, 2, 3, 4, Infinity),
    healthyAfter: fc.constantFrom(0, 50, 200, 10_000),
    dependants: fc.boolean(),
  })
  .map(({ longer, ...rest }) => ({ ...rest, maxDelay: rest.delay + longer }));

const phases = fc.subarray([...PHASES], { minLength: 1 });

const plan: fc.Arbitrary<Plan> = fc.record({
  kind: fc.constantFrom('plain', 'plain', 'resource', 'background', 'background', 'foundation'),
  needs: fc.array(fc.nat({ max: 7 }), { maxLength: 3 }),
  startPhases: phases,
  stopPhases: phases,
  startSteps: fc.array(step, { minLength: 1, maxLength: 4 }),
  stopSteps: fc.array(step, { minLength: 1, maxLength: 4 }),
  body: fc.array(bodyStep, { minLength: 1, maxLength: 5 }),
  manualReady: fc.boolean(),
  restart: fc.option(policy, { nil: undefined }),
  retry: fc.option(policy, { nil: undefined, freq: 2 }),
  onEnd: fc.constantFrom('stop', 'restart', 'restart', 'ignore'),
  onFailure: fc.constantFrom('stop', 'ignore'),
  timeout: fc.option(fc.record({ start: fc.constantFrom(100, 400), stop: fc.constantFrom(50, 200) }), {
    nil: undefined,
    freq: 1,
  }),
});

const action: fc.Arbitrary<Action> = fc.record({
  after: time,
  what: fc.oneof(
    { arbitrary: fc.constantFrom('restart' as const, 'add' as const, 'lose' as const, 'wait' as const), weight: 12 },
    { arbitrary: fc.constant('remove' as const), weight: 3 },
    { arbitrary: fc.constantFrom('stop' as const, 'crash' as const), weight: 1 },
    { arbitrary: fc.constant('escalate' as const), weight: 1 },
  ),
  on,
  plan,
});

export const program: fc.Arbitrary<Program> = fc.record({
  seed: fc.nat(),
  services: fc.array(plan, { minLength: 1, maxLength: 6, size: 'max' }),
  actions: fc.array(action, { maxLength: 12, size: 'max' }),
});
