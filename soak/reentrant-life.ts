/** Kind `reentrant`: one random program that calls its reactor from inside of every callback. */
import {
  StartupFailedError,
  type Limits,
  type RunResult,
  type StopReason,
  type TriggerContext,
  type TriggerHandle,
} from '@triphase/core';
import { HookedReactor } from './hooked-reactor.ts';
import { HookedWatchers } from './hooked-watchers.ts';
import { Journal } from './journal.ts';
import { PHASES } from './phases.ts';
import type { Random } from './random.ts';
import { ReentrantActs } from './reentrant-acts.ts';
import { ReentrantModel, type Registered, type TriggerCall } from './reentrant-model.ts';
import { ReentrantServices } from './reentrant-services.ts';
import { settled } from './step.ts';
import { count, type Tally } from './tally.ts';
import { ExpectedErrors } from './expected-errors.ts';

/** Maximum number of acts in one life. */
const MAX_ACTS = 40;
/** The callbacks that the end of a run calls. */
const AT_THE_END = /^(release|logger|onError|onDrop|status|reactor\.signal|context\.signal|observer)/;
/** Maximum depth of nested acts. */
const MAX_DEPTH = 4;

/** An error that a host hook throws. The call that led to the hook must throw the same error. */
class HookError extends Error {}

/** A pending promise or thenable that a callback has returned, and that a later act settles. */
export interface PendingResult {
  readonly value: PromiseLike<unknown>;
  readonly fulfil: () => void;
  readonly reject: (error: Error) => void;
  /** The call that returned it, and the key of its firing. */
  call: TriggerCall | undefined;
  key: unknown;
  /** It is the result of the body of a background service. If the body was abandoned, its error may go unreported. */
  isOfBody: boolean;
}

export class ReentrantLife {
  readonly journal = new Journal();
  readonly errors = new ExpectedErrors(this.journal);
  readonly model = new ReentrantModel(this.journal);
  readonly reactor: HookedReactor;
  readonly events = ['a', 'b', 'c'] as const;
  readonly handles: { readonly handle: TriggerHandle; readonly registered: Registered }[] = [];
  readonly HookError = HookError;
  readonly watchers: HookedWatchers;
  readonly services: ReentrantServices;
  readonly random: Random;
  readonly #tally: Tally;
  readonly #acts: ReentrantActs;
  readonly #deferred: PendingResult[] = [];
  #names = 0;
  /** The number of acts so far. */
  #acted = 0;
  /** The number of callbacks on the stack that act. */
  #depth = 0;
  /** The number of callbacks on the stack that the end of a run calls. */
  #endings = 0;
  /** The life ends: callbacks no longer act. */
  #isQuiet = false;
  /** The number of runs that have ended. */
  #ended = 0;

  constructor(random: Random, tally: Tally) {
    this.random = random;
    this.#tally = tally;
    this.services = new ReentrantServices(this);
    this.#acts = new ReentrantActs(this);
    const { errors } = this;
    this.watchers = new HookedWatchers(random, {
      errors,
      inCallback: (place) => {
        this.inCallback(place);
      },
      failure: () => (this.#chance(0.005) ? errors.next() : undefined),
      run: () => this.model.run,
    });
    this.reactor = new HookedReactor(
      (hook) => {
        this.inCallback(hook);
        if (!this.#chance(0.03)) return;
        throw hook.startsWith('release') ? errors.next() : new HookError(hook);
      },
      {
        ...this.watchers.options,
        limits: { shutdown: limits(random), startup: limits(random), a: limits(random) },
      },
    );
  }

  /** Whether the end of a run may have called us. A firing that begins then belongs to no run. */
  get mayBeEnding(): boolean {
    return this.#endings > 0;
  }

  /** Each callback of the program calls this. It sometimes does random acts. `place`: the callback, for the journal. */
  inCallback(place: string): void {
    this.count(`at ${place}`);
    if (this.#isQuiet || this.#depth >= MAX_DEPTH || this.#acted >= MAX_ACTS || !this.random.chance(0.35)) return;
    const isEnding = AT_THE_END.test(place);
    if (isEnding) this.#endings++;
    this.#depth++;
    this.journal.note(`${'  '.repeat(this.#depth)}at ${place}:`);
    for (let left = 1 + this.random.below(2); left > 0; left--) {
      this.#acted++;
      this.#acts.act(this.random);
    }
    this.#depth--;
    if (isEnding) this.#endings--;
  }

  count(what: string): void {
    count(this.#tally, what);
  }

  isStarted(): boolean {
    const { state } = this.reactor;
    return state !== 'idle' && state !== 'stopped';
  }

  /** Runs it to its end. Violations are in the journal. */
  async live(): Promise<void> {
    const random = this.random;
    for (let left = random.below(4); left > 0; left--) this.#acts.do('use', random);
    for (let left = 3 + random.below(8); left > 0; left--) this.#acts.do('add', random);
    this.#acts.run(random);
    for (let left = 4 + random.below(12); left > 0; left--) {
      this.#acts.act(random);
      if (random.chance(0.4)) await settled();
      if (random.chance(0.5)) this.reactor.pass(random.pick([0, 1, 5, 20]));
    }
    await this.#end();
  }

  /** Settles everything that is pending and stops the reactor, by `escalate()` if needed. Then nothing may be left. */
  async #end(): Promise<void> {
    this.#isQuiet = true;
    this.journal.note('the end');
    for (let round = 0; round < 8; round++) {
      await settled();
      while (this.#deferred.length > 0) this.#deferred.pop()?.fulfil();
      await settled();
      this.reactor.pass(50);
      await settled();
      const { state } = this.reactor;
      if (state === 'starting' || state === 'running') void this.reactor.stop().catch(() => undefined);
      else if (state === 'stopping' && round >= 4) this.reactor.escalate();
    }
    const { state } = this.reactor;
    this.journal.check(state === 'idle' || state === 'stopped', 'C30', () => `the reactor is ${state}`);
    this.model.checkEnd();
    for (const event of [...this.events, 'startup', 'shutdown'])
      this.journal.check(!this.reactor.isFiring(event), 'C30', () => `${event} never ends firing`);
    const outstanding = this.reactor.outstanding();
    this.journal.check(outstanding === '', 'C30', () => `left in the host: ${outstanding}`);
    this.services.checkEnd();
    this.errors.checkEnd();
  }

  /** `run()` has returned the promise of this run. */
  follow(run: number, promise: Promise<RunResult>): void {
    const over = async (result: RunResult): Promise<void> => {
      this.model.runEnded(run, result);
      this.count(`reentrant run ended by ${result.reason.kind}`);
      this.#ended++;
      const ended = this.#ended;
      await settled();
      // Not if another run has begun: its firings are open.
      if (this.isStarted() || this.model.run !== run || ended !== this.#ended) return;
      this.model.checkAfter(run);
    };
    void promise.then(over, (error: unknown) => {
      const isMeant = error instanceof StartupFailedError;
      this.journal.check(isMeant, 'C24', () => `run() rejected with ${String(error)}`);
      return isMeant ? over(error.result) : undefined;
    });
  }

  /** Registers a trigger; throws what core throws. */
  add(random: Random): void {
    const event = random.pick(['startup', 'startup', 'shutdown', 'shutdown', 'shutdown', ...this.events]);
    const phase = random.pick(PHASES);
    const every = random.chance(0.5);
    const registered: Registered = { name: this.name('trigger'), every, isRemoved: false, calls: 0 };
    const timeout = random.chance(0.1) ? random.below(10) : undefined;
    const handle = this.reactor.addSystemEventTrigger(
      phase,
      event,
      (context) => this.called(context, registered, event === 'startup' ? 0.04 : 0.15),
      { name: registered.name, every, ...(timeout !== undefined && { timeout }) },
    );
    this.handles.push({ handle, registered });
  }

  /** A thenable or a promise that a later act settles. */
  thenable(random: Random, place: string): PendingResult {
    let isEarly = false;
    let fulfil: () => void = () => {
      isEarly = true; // settled before `then` was called: a gate calls it some microtasks later
    };
    let reject: (error: Error) => void = () => undefined;
    const take = (resolve: (value?: undefined) => void, fail: (error: unknown) => void): void => {
      fulfil = resolve;
      reject = fail;
    };
    const then = (resolve: (value?: undefined) => void, fail: (error: unknown) => void): void => {
      take(resolve, fail);
      if (isEarly) resolve();
      else this.inCallback(place);
    };
    // as: only the reactor calls `then`, with two functions, and it doesn't use the result.
    const value = random.chance(0.5) ? new Promise<undefined>(take) : ({ then } as unknown as PromiseLike<unknown>);
    const deferred: PendingResult = {
      value,
      call: undefined,
      key: undefined,
      isOfBody: false,
      fulfil: () => {
        if (deferred.call !== undefined) deferred.call.pends = false;
        fulfil();
      },
      reject: (error) => {
        if (deferred.call !== undefined) deferred.call.pends = false;
        reject(error);
      },
    };
    this.#deferred.push(deferred);
    return deferred;
  }

  /** Settles a random pending result. */
  settle(random: Random): void {
    const [deferred] = this.#deferred.splice(random.below(Math.max(1, this.#deferred.length)), 1);
    if (deferred === undefined) return;
    const { call, key, isOfBody } = deferred;
    if ((call === undefined && !isOfBody) || !random.chance(0.15)) deferred.fulfil();
    else deferred.reject(this.errors.next(() => call === undefined || this.model.mayBeAbandoned(key, call)));
  }

  /** The body of a trigger or service function. `failing`: the probability that it throws. `isLate`: core gets its error some microtasks later. */
  called(context: TriggerContext, registered: Registered, failing: number, isLate = false): unknown {
    const { event, phase, detail, signal } = context;
    const isOfRun = event === 'startup' || event === 'shutdown';
    const run = this.watchers.takeRun(registered.name);
    // A restart or removal of services has a firing of its own, without a report. Errors of calls that it abandons may go unreported.
    const isOfPart = isOfRun && this.#isOfPart(context);
    const key: unknown = isOfPart ? {} : isOfRun ? `${event} ${String(run)}` : detail;
    this.journal.note(`> ${String(event)} ${phase} ${registered.name}`);
    const call = this.model.called(key, event, phase, registered);
    const random = this.random;
    if (random.chance(0.3) && !signal.aborted) {
      signal.addEventListener('abort', () => {
        this.inCallback('context.signal');
      });
    }
    this.inCallback(`${isOfRun ? event : 'own'} ${phase}`);
    if (this.#chance(failing))
      throw this.errors.next(() => isOfPart || (isLate && this.model.mayBeAbandoned(key, call)));
    if (this.#isQuiet || random.chance(0.5)) return undefined;
    const deferred = this.thenable(random, 'then');
    deferred.call = call;
    deferred.key = key;
    call.pends = true;
    return deferred.value;
  }

  /** Whether this is a call of a firing that starts or stops only some of the services. */
  #isOfPart({ event, detail }: TriggerContext): boolean {
    const kind = (detail as StopReason | undefined)?.kind;
    return kind === 'restart' || kind === 'remove' || !this.reactor.isFiring(event);
  }

  #chance(share: number): boolean {
    return !this.#isQuiet && this.random.chance(share);
  }

  /** A name that no other trigger or service of this life has. */
  name(what: string): string {
    return `${what}#${String(++this.#names)}`;
  }
}

/** Random limits. The limit of a phase is at most the deadline (C66). */
function limits(random: Random): Limits {
  const deadline = random.chance(0.3) ? 1 + random.below(30) : Infinity;
  const ms = (): number => Math.min(random.below(20), deadline);
  return {
    ...(deadline !== Infinity && { deadline }),
    ...(random.chance(0.15) && { before: ms() }),
    ...(random.chance(0.15) && { during: ms() }),
    ...(random.chance(0.15) && { after: ms() }),
  };
}
