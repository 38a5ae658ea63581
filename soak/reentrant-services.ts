/** Kind `reentrant`: the services of a life. */
import {
  addService,
  background,
  GateFullError,
  inFlight,
  PhasePassedError,
  ReactorNotRunningError,
  ReactorStoppedError,
  ReactorStoppingError,
  removeService,
  resource,
  restartService,
  SelfWaitError,
  ServiceGraphError,
  TriggerTimeoutError,
  TriphaseError,
  type BackgroundContext,
  type Gate,
  type OpenContext,
  type Phase,
  type Phases,
  type Service,
  type TriggerContext,
} from '@triphase/core';
import { PHASES } from './phases.ts';
import type { Random } from './random.ts';
import type { ReentrantLife } from './reentrant-life.ts';
import type { Registered } from './reentrant-model.ts';

/** A restart policy with short delays that gives up after a few restarts. */
const RESTART = { delay: 1, jitter: 0, giveUpAfter: 3 };

/** The errors with which a change of services may reject, apart from errors of the service itself (C60, C63). */
const REFUSALS: readonly (abstract new (...args: never[]) => Error)[] = [
  PhasePassedError,
  ReactorNotRunningError,
  ReactorStoppedError,
  SelfWaitError,
  ServiceGraphError,
  TriggerTimeoutError,
];

/** Plain services, resources that are lost, background services and gates. They are added, removed and restarted while the program runs. */
export class ReentrantServices {
  readonly #life: ReentrantLife;
  readonly #services: Service[] = [];
  readonly #gates: Gate[] = [];
  /** Functions that report a resource as lost. The resource may be closed already. */
  readonly #lost: (() => void)[] = [];
  /** A description of each promise that has not settled. */
  readonly #unsettled: Map<object, string> = new Map();

  constructor(life: ReentrantLife) {
    this.#life = life;
  }

  /** Uses a service. Throws the error of core, or of `attach` of the service. */
  use(random: Random): void {
    const service = this.#make(random);
    this.#life.reactor.use(service);
    this.#services.push(service);
  }

  /** Adds a service to the running reactor: a new one, or one that it may already have. */
  add(random: Random): void {
    const old = random.chance(0.4) ? random.pick([undefined, ...this.#services]) : undefined;
    const service = old ?? this.#make(random);
    if (old === undefined) this.#services.push(service);
    this.#follow(`addition of ${service.name}`, addService(this.#life.reactor, service));
  }

  remove(random: Random): void {
    const service = random.pick([undefined, ...this.#services]);
    if (service !== undefined) this.#follow(`removal of ${service.name}`, removeService(this.#life.reactor, service));
  }

  restart(random: Random): void {
    const service = random.pick([undefined, ...this.#services]);
    if (service !== undefined) this.#follow(`restart of ${service.name}`, restartService(this.#life.reactor, service));
  }

  lose(random: Random): void {
    random.pick([undefined, ...this.#lost])?.();
  }

  /** Gives work to a gate. */
  work(random: Random): void {
    const gate = random.pick([undefined, ...this.#gates]);
    if (gate === undefined) return;
    const work = (): unknown => {
      this.#life.inCallback('gate');
      return random.chance(0.5) ? undefined : this.#life.thenable(random, 'then of gate').value;
    };
    this.#follow(
      `work in ${gate.name}`,
      gate.run(work, {
        onAbandoned: () => {
          this.#life.inCallback('onAbandoned');
        },
      }),
      [ReactorStoppingError, GateFullError],
    );
  }

  /**
   * Checks that everything has settled after the run. There are two exceptions: after a crash, changes wait for the next run, and work waits in a gate
   * that the reactor doesn't use.
   */
  checkEnd(): void {
    if (this.#life.reactor.state === 'idle') return;
    const used = this.#life.reactor.describe();
    for (const what of this.#unsettled.values()) {
      const gate = this.#gates.find(({ name }) => what === `work in ${name}`);
      const mayWait = gate !== undefined && !used.includes(`${gate.name}:`);
      this.#life.journal.check(mayWait, 'C60, C62, C63', () => `the ${what} has not settled`);
    }
  }

  /** Remembers the promise until it settles. Its error must be allowed. */
  #follow(what: string, promise: Promise<unknown>, refusals = REFUSALS): void {
    const key = {};
    this.#unsettled.set(key, what);
    promise.then(
      () => this.#unsettled.delete(key),
      (error: unknown) => {
        this.#unsettled.delete(key);
        const isRefused = refusals.some((each) => error instanceof each);
        const isOwn = this.#life.errors.isOwn(error) || error instanceof this.#life.HookError;
        // An error about the service itself, such as that it has ended or was abandoned.
        const isOfService = error instanceof TriphaseError;
        this.#life.journal.check(isRefused || isOwn || isOfService, 'C60, C62, C63', () => `${what}: ${String(error)}`);
      },
    );
  }

  #make(random: Random): Service {
    const life = this.#life;
    const name = life.name('service');
    const needs = this.#services.filter(() => random.chance(0.3));
    const kind = random.weighted({ plain: 6, resource: 2, background: 2, gate: 1 });
    life.count(`reentrant service: ${kind}`);
    if (kind === 'gate') {
      const gate = inFlight(name, { concurrency: 1 + random.below(2), needs });
      this.#gates.push(gate);
      return gate;
    }
    const options = {
      needs,
      ...(random.chance(0.5) && { restart: RESTART }),
      ...(random.chance(0.2) && { onFailure: 'ignore' as const }),
    };
    if (kind === 'background')
      return background(name, (context) => this.#body(context), {
        ...options,
        onEnd: random.pick(['stop', 'ignore', 'restart']),
      });
    if (kind === 'resource') return this.#resource(name, options);
    return {
      name,
      needs,
      startup: this.#phases(name, random, 0.04),
      shutdown: this.#phases(name, random, 0.15),
      attach: () => {
        life.inCallback('attach');
      },
      status: () => {
        life.inCallback('status');
        return 'fine';
      },
    };
  }

  #phases(name: string, random: Random, failing: number): Phases {
    const phases: Partial<Record<Phase, (context: TriggerContext) => unknown>> = {};
    for (const phase of PHASES) {
      if (!random.chance(0.4)) continue;
      const registered = registeredAs(name);
      phases[phase] = (context) => this.#life.called(context, registered, failing);
    }
    return phases;
  }

  #resource(name: string, options: Parameters<typeof resource>[3]): Service {
    const opens = registeredAs(name);
    const closes = registeredAs(name);
    const open = (context: OpenContext): unknown => {
      this.#lost.push(() => {
        const { errors } = this.#life;
        context.lost(errors.next(() => true)); // a report that comes too late is ignored (C72)
      });
      return this.#life.called(context, opens, 0.04, true);
    };
    const close = (_value: unknown, context: TriggerContext): unknown =>
      context.event === 'shutdown' ? this.#life.called(context, closes, 0.15, true) : this.#closesLeft(name);
    return resource(name, open, close, options);
  }

  /** Closes a resource that a crash or an escalation has left open. This call belongs to no firing. */
  #closesLeft(name: string): unknown {
    const life = this.#life;
    life.journal.note(`> ${name} closes what was left`);
    life.inCallback('close of what was left');
    if (life.random.chance(0.1)) throw life.errors.next();
    return life.random.chance(0.5) ? undefined : life.thenable(life.random, 'then of what was left').value;
  }

  /** The body of a background service. It ends when the service must stop, or when a later act settles its result. */
  #body({ stopped, clock, signal }: BackgroundContext): unknown {
    const life = this.#life;
    life.inCallback('body');
    if (signal.aborted) return stopped;
    clock.callLater(3, () => {
      life.inCallback('body');
    });
    signal.addEventListener('abort', () => {
      life.inCallback('signal of a body');
    });
    const { random } = life;
    if (random.chance(0.7)) return stopped;
    const deferred = life.thenable(random, 'then of a body');
    deferred.isOfBody = true;
    return deferred.value;
  }
}

/** A service function, for the model: it is called at every start or stop. */
function registeredAs(name: string): Registered {
  return { name, every: true, isRemoved: false, calls: 0 };
}
