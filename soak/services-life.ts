/** Kind `services`: one program of random services in real time. */
import fc from 'fast-check';
import { LivingProgram } from '../packages/testing/test/services/model/living-program.ts';
import { program, type Plan, type Program, type Step } from '../packages/testing/test/services/model/plan.ts';
import { countingHost } from '../packages/testing/src/conformance/counting-host.ts';
import { GateLife } from './gate-life.ts';
import { Journal } from './journal.ts';
import type { Fault } from './planted-fault.ts';
import type { Random } from './random.ts';
import { FASTER, realStage } from './real-stage.ts';
import { settled } from './step.ts';
import { count, type Tally } from './tally.ts';

/** A `healthyAfter` that is never reached. Plans use 0 or this value: with others, the result would depend on the machine. Milliseconds. */
const NEVER_HEALTHY_MS = 1_000_000;

/**
 * Random services (C57-C63, C66, C67, C71, C72) on a `NodeReactor`. They fail, end, restart, are added late, removed and lost, and gates need them. The
 * programs and the rules are those of the test in virtual time (packages/testing/test/services/model).
 */
export class ServicesLife {
  readonly journal = new Journal();
  readonly #host = countingHost();
  readonly #program: LivingProgram;
  readonly #gates: readonly GateLife[];
  readonly #random: Random;

  /** `fault` breaks the reactor on purpose. */
  constructor(random: Random, tally: Tally, fault?: Fault) {
    const [given] = fc.sample(program, { seed: random.below(2 ** 31), numRuns: 1 });
    if (given === undefined) throw new RangeError('no program');
    this.#random = random;
    this.#program = new LivingProgram(faster(given), (options) => realStage(this.#host, options, fault));
    this.#program.rules.note = (line) => {
      this.journal.note(line);
    };
    this.#gates = Array.from(
      { length: random.below(3) },
      (_, index) => new GateLife(`gate ${String(index)}`, this.#program, this.journal, random.fork(), tally),
    );
    for (const { kind, restart } of given.services) {
      count(tally, `services: ${kind}`);
      if (restart !== undefined && kind !== 'plain') count(tally, `services: ${kind} with a restart policy`);
    }
    for (const { what } of given.actions) count(tally, `services: act ${what}`);
  }

  get reactor(): object {
    return this.#program.reactor;
  }

  /** Runs it to its end. Violations are in the journal. */
  async live(): Promise<void> {
    const { rules, reactor, results } = this.#program;
    let isOver = false;
    const work = Promise.all(this.#gates.map((gate) => gate.live(this.#random.fork(), () => isOver)));
    await this.#program.live();
    isOver = true;
    await work;
    for (let turns = 0; turns < 3; turns++) await settled();
    for (const gate of this.#gates) gate.checkEnd();
    for (const what of rules.broken) this.journal.check(false, 'C57-C72', () => what);
    const { outstanding } = this.#host;
    this.journal.check(
      outstanding === 0,
      'C30',
      () => `${String(outstanding)} timers or immediates are left in the host`,
    );
    for (const { reason } of results) this.journal.note(`run over: ${reason.kind}`);
    this.journal.note(`at the end: ${reactor.state}`);
  }
}

/** The same program with shorter times, for real time. */
function faster({ seed, services, actions }: Program): Program {
  return {
    seed,
    services: services.map(fasterPlan),
    actions: actions.map((action) => ({ ...action, plan: fasterPlan(action.plan) })),
  };
}

function fasterPlan(plan: Plan): Plan {
  const steps = (given: readonly Step[]): Step[] => given.map((step) => ({ ...step, ms: step.ms / FASTER }));
  const { restart, retry, timeout, onEnd } = plan;
  const { start, stop } = timeout === undefined || typeof timeout === 'number' ? {} : timeout;
  const own = restart ?? (onEnd === 'restart' ? DEFAULT_RESTART : undefined);
  return {
    ...plan,
    startSteps: steps(plan.startSteps),
    stopSteps: steps(plan.stopSteps),
    body: plan.body.map((body) => ({ ...body, ms: body.ms / FASTER, readyAfter: body.readyAfter / FASTER })),
    restart: own === undefined ? undefined : fasterPolicy(own),
    retry: retry === undefined ? undefined : fasterPolicy(retry),
    timeout: start === undefined || stop === undefined ? undefined : { start: start / FASTER, stop: stop / FASTER },
  };
}

type Policy = NonNullable<Plan['restart']>;

/** The policy of a service with `onEnd: 'restart'` and no policy of its own. The default policy of core would take seconds. */
const DEFAULT_RESTART: Policy = {
  delay: 40,
  factor: 2,
  maxDelay: 100,
  jitter: 0.2,
  giveUpAfter: 5,
  healthyAfter: NEVER_HEALTHY_MS,
  dependants: false,
};

function fasterPolicy(policy: Policy): Policy {
  const { delay, maxDelay, healthyAfter } = policy;
  return {
    ...policy,
    delay: delay / FASTER,
    maxDelay: maxDelay / FASTER,
    healthyAfter: healthyAfter === 0 ? 0 : NEVER_HEALTHY_MS,
  };
}
