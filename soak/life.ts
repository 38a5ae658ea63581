import {
  cooperate,
  EventAlreadyFiringError,
  every,
  PhasePassedError,
  ReactorNotRunningError,
  ReactorStoppedError,
  ReentrantTurnError,
  SelfWaitError,
  sleep,
  StartupFailedError,
  UnknownTriggerError,
  type DelayedCall,
  type FiringReport,
  type Limits,
  type LoopingCall,
  type Phase,
  type Phases,
  type RunResult,
  type Service,
  type StopReason,
  type TriggerContext,
  type TriggerHandle,
} from '@triphase/core';
import { NodeReactor } from '@triphase/node-reactor';
import { CallsModel } from './calls-model.ts';
import { CountingHost } from './counting-host.ts';
import { Deferred } from './deferred.ts';
import { FiringsModel, PHASES, type Call, type Registration } from './firings-model.ts';
import { Journal } from './journal.ts';
import type { Random } from './random.ts';
import { ServicesModel } from './services-model.ts';

const TICKER = Symbol('ticker');
/** A run that has not settled by then never does: its shutdown may take a tenth of a second. Milliseconds. */
const PATIENCE_MS = 60_000;
const DEEPEST = 3;

/** How often something happened, over all lives: what a soak has not done it has not proved. */
export type Tally = Map<string, number>;

interface Registered {
  readonly handle: TriggerHandle;
  readonly registrations: readonly Registration[];
  readonly taker: AbortController | undefined;
}

/** One random program on a real reactor, from before `run()` to after its end, and the models that watch it. */
export class Life {
  readonly journal = new Journal();
  readonly reactor: NodeReactor;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #host = new CountingHost();
  readonly #firings: FiringsModel;
  readonly #services: ServicesModel;
  readonly #calls: CallsModel;
  readonly #handles: Registered[] = [];
  readonly #deferred: Deferred[] = [];
  readonly #timed: { readonly name: string; readonly handle: DelayedCall }[] = [];
  readonly #loops: LoopingCall[] = [];
  /** Reports that are to come, each with what its firing is known by. */
  readonly #asked: Map<Promise<FiringReport>, { detail: object; readonly again: boolean }> = new Map();
  readonly #heard: unknown[] = [];
  /** What callbacks threw: each is to be heard once. */
  readonly #thrown: unknown[] = [];
  readonly #seen: Call[] = [];
  #unsettled = 0;
  #names = 0;
  #runs = 0;
  #crashes = 0;
  /** Firings whose report a crash has swallowed. */
  #lost = false;
  /** A firing that was asked for began when the run was over. */
  #isFiredLate = false;
  #reasons: StopReason[] = [];
  #aborter: AbortController | undefined;

  constructor(random: Random, tally: Tally) {
    this.#random = random;
    this.#tally = tally;
    this.#firings = new FiringsModel(this.journal, {
      waiting: () => this.reactor.pending(),
      mayStart: () => this.reactor.state === 'starting',
    });
    this.#services = new ServicesModel(this.journal, this.#firings);
    this.#calls = new CallsModel(this.journal);
    const watched = random.chance(0.5);
    this.reactor = new NodeReactor({
      signals: false,
      host: this.#host.functions,
      onError: (error) => {
        this.#heard.push(error);
      },
      limits: { shutdown: this.#limits(random, 60) },
      maxBatch: random.pick([1_000, 3]),
      maxSliceMs: random.pick([5, 0.05]),
      debug: random.chance(0.1),
      context: random.chance(0.1),
      ...(watched && {
        observer: {
          phase: (step, { event, phase }) => {
            this.#firings.phaseStep(step, event, phase, !this.#isStarted());
          },
        },
      }),
    });
  }

  /** Lives it. Its violations are in the journal then. */
  async live(): Promise<void> {
    const random = this.#random;
    const services = random.fork();
    for (let left = services.below(6); left > 0; left--) this.#use(services.fork());
    for (let left = 3 + random.below(8); left > 0; left--) this.#register(random.fork(), 0);
    for (let left = random.below(6); left > 0; left--) this.#step(random.fork(), 0);
    do {
      this.#runs++;
      const result = await this.#run(random.fork());
      if (result?.reason.kind !== 'crash') break;
    } while (this.#runs < 10);
    await settled();
    await settled();
    await this.#endAgain();
    this.#checkEnd();
  }

  async #run(random: Random): Promise<RunResult | undefined> {
    const { reactor, journal } = this;
    this.#reasons = [];
    this.#services.runBegins();
    this.#aborter = random.chance(0.3) ? new AbortController() : undefined;
    if (random.chance(0.05)) this.#abort();
    journal.note(`run ${String(this.#runs)}`);
    const over = reactor.run(this.#aborter === undefined ? {} : { signal: this.#aborter.signal });
    let isOver = false;
    const ended = over.then(
      (result) => {
        isOver = true;
        return result;
      },
      (error: unknown) => {
        isOver = true;
        if (error instanceof StartupFailedError) return error.result;
        throw error;
      },
    );
    const drive = async (): Promise<void> => {
      for (let left = 4 + random.below(24); left > 0 && !isOver; left--) {
        await outside(random);
        this.#step(random.fork(), 0);
      }
      if (!isOver) this.#stop('stop', random);
      while (!isOver && this.#deferred.length > 0) {
        await outside(random);
        this.#settle(random);
      }
    };
    const driven = drive();
    const result = await this.#within(ended);
    if (result === undefined) return undefined;
    if (this.#asked.size > 0) this.#isFiredLate = true;
    else journal.check(this.#host.outstanding() === '', 'C30', () => `left in the host: ${this.#host.outstanding()}`);
    await driven;
    this.#checkResult(result);
    return result;
  }

  /** C24: it always settles. */
  async #within(ended: Promise<RunResult>): Promise<RunResult | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late: Promise<undefined> = new Promise((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, undefined);
    });
    const result = await Promise.race([ended, late]);
    clearTimeout(timer);
    this.journal.check(
      result !== undefined,
      'C24',
      () => `run() has not settled: ${this.reactor.state}, ${JSON.stringify(this.reactor.pending().map(String))}`,
    );
    return result;
  }

  #checkResult(result: RunResult): void {
    const { reason, startup, shutdown } = result;
    this.#count(`ended by ${reason.kind}`);
    this.journal.note(`run over: ${reason.kind}`);
    this.journal.check(
      reason.kind === 'startup-failed' ||
        reason.kind === 'crash' ||
        reason === this.#reasons[0] ||
        reason.kind === 'abort' ||
        reason.kind === 'dispose',
      'C28',
      () => `the reason is ${reason.kind}, asked was ${this.#reasons.map(({ kind }) => kind).join()}`,
    );
    this.#firings.ended('startup', `startup ${String(this.#runs)}`, startup);
    if (shutdown !== undefined) this.#firings.ended('shutdown', `shutdown ${String(this.#runs)}`, shutdown);
    else if (this.#firings.drop(`shutdown ${String(this.#runs)}`)) this.#lost = true;
    this.journal.check(
      (shutdown === undefined) === (reason.kind === 'crash'),
      'C31',
      () => `ended by ${reason.kind}, and shutdown was ${shutdown === undefined ? 'not ' : ''}fired`,
    );
    this.journal.check(
      result.errors.length === startup.errors.length + (shutdown?.errors.length ?? 0),
      'C24',
      () => 'the errors of a result are those of its firings',
    );
    this.#calls.compareQueue(this.reactor.pending());
    this.#calls.compareList(this.reactor.getDelayedCalls());
  }

  /** C20: what was asked for while it was being fired may begin when the run is over. Nobody bounds it then but its limits. */
  async #endAgain(): Promise<void> {
    const { journal } = this;
    if (!this.#isFiredLate) return;
    for (const { again } of this.#asked.values()) journal.check(again, 'C30', () => 'a firing has no report');
    const until = performance.now() + PATIENCE_MS;
    do {
      while (this.#deferred.length > 0) this.#settle(this.#random);
      await settled();
      // C2: also the wakeup of a limit that is no longer needed may come.
    } while ((this.#deferred.length > 0 || this.#host.outstanding() !== '') && performance.now() < until);
    for (const { detail } of this.#asked.values()) {
      this.#lost = true;
      this.#firings.drop(detail);
    }
    this.#count('fired again after the end');
  }

  #checkEnd(): void {
    const { journal, reactor } = this;
    this.#services.stopped();
    journal.check(reactor.state === 'stopped', 'C30', () => `the reactor is ${reactor.state}`);
    journal.check(this.#firings.unreported === '', 'C15', () => `no report of ${this.#firings.unreported}`);
    journal.check(this.#host.outstanding() === '', 'C30', () => `left in the host: ${this.#host.outstanding()}`);
    journal.check(this.#unsettled === 0, 'C30', () => `${String(this.#unsettled)} sleeps or tasks have not settled`);
    journal.check(
      this.#loops.every(({ active }) => !active),
      'C30',
      () => 'a looping call has outlived the reactor',
    );
    this.#checkErrors();
  }

  /** C14, C36, C48: each error is heard once, and nothing else is. */
  #checkErrors(): void {
    const expected: Map<unknown, number> = new Map();
    const expect = (error: unknown): void => void expected.set(error, (expected.get(error) ?? 0) + 1);
    this.#thrown.forEach(expect);
    this.#firings.reported.forEach(expect);
    for (const { state, error } of this.#seen) if (state === 'failed' && error !== undefined) expect(error.thrown);
    const heard: Map<unknown, number> = new Map();
    for (const error of this.#heard) heard.set(error, (heard.get(error) ?? 0) + 1);
    for (const error of new Set([...expected.keys(), ...heard.keys()])) {
      const times = heard.get(error) ?? 0;
      const due = expected.get(error) ?? 0;
      if (due === 0 && this.#lost && times === 1) continue; // told by a firing whose report a crash has swallowed
      this.journal.check(
        times === due,
        'C14, C36, C48',
        () => `${String(error)} was heard ${String(times)} times instead of ${String(due)}`,
      );
    }
    const { errors } = this.reactor.stats();
    this.journal.check(
      errors === this.#heard.length,
      'C47',
      () => `stats() has ${String(errors)} errors, heard were ${String(this.#heard.length)}`,
    );
  }

  // ── What a program does ──

  #step(random: Random, depth: number): void {
    if (depth > DEEPEST) return;
    const { reactor } = this;
    const kind = random.weighted({
      register: 6,
      remove: 3,
      fire: 8,
      settle: 12,
      soon: 6,
      later: 8,
      change: 5,
      loop: 1,
      task: 1,
      sleep: 3,
      whenRunning: 2,
      use: 1,
      look: 3,
      iterate: 1,
      stop: 1,
    });
    this.#count(kind);
    this.journal.note(`${'  '.repeat(depth)}${kind}`);
    switch (kind) {
      case 'register':
        this.#register(random, depth);
        break;
      case 'remove':
        this.#remove(random);
        break;
      case 'fire':
        this.#fire(random);
        break;
      case 'settle':
        this.#settle(random);
        break;
      case 'soon':
        this.#soon(random, depth);
        break;
      case 'later':
        this.#later(random, depth);
        break;
      case 'change':
        this.#change(random);
        break;
      case 'loop':
        this.#loop(random, depth);
        break;
      case 'task':
        this.#task(random);
        break;
      case 'sleep':
        this.#sleep(random);
        break;
      case 'whenRunning':
        this.#whenRunning(random, depth);
        break;
      case 'use':
        if (reactor.state === 'starting') this.#use(random);
        break;
      case 'look':
        this.#calls.compareList(reactor.getDelayedCalls());
        this.#calls.compareQueue(reactor.pending());
        reactor.describe();
        break;
      case 'iterate':
        if (reactor.state !== 'stopped') this.#allow([ReentrantTurnError], () => reactor.iterate());
        break;
      case 'stop': {
        const how = random.weighted({ stop: 8, escalate: 3, crash: 2, abort: 2, dispose: 2 });
        this.#stop(how, random);
        break;
      }
    }
  }

  #register(random: Random, depth: number): void {
    const event = random.pick<unknown>(['a', 'a', 'b', 'b', TICKER, 'startup', 'shutdown', 'shutdown']);
    const phase = random.pick(PHASES);
    const isOwn = event !== 'startup' && event !== 'shutdown';
    const isStartup = event === 'startup';
    const isEvery = random.chance(0.4);
    const required = isOwn && phase === 'before' && random.chance(0.2);
    const name = this.#name('trigger');
    const timeout = random.chance(0.15) ? random.below(20) : undefined;
    const taker = random.chance(0.1) ? new AbortController() : undefined;
    const registration: Registration = { event, phase, name, every: isEvery, required, registered: true };
    const body = random.fork();
    const trigger = (context: TriggerContext): unknown => {
      const call = this.#firings.called(event, this.#keyOf(context), context.phase, registration);
      this.journal.check(context.name === name, 'C21', () => `${name} is called ${context.name}`);
      return this.#perform(call, body.fork(), depth, isStartup ? 0.03 : 0.15, context);
    };
    this.#allow([PhasePassedError], () => {
      const handle = this.reactor.addSystemEventTrigger(phase, event as string, trigger, {
        name,
        every: isEvery,
        ...(required && { required }),
        ...(timeout !== undefined && { timeout }),
        ...(taker && { signal: taker.signal }),
      });
      this.#firings.add(registration);
      this.#handles.push({ handle, registrations: [registration], taker });
    });
  }

  /** Does some steps, and ends in one of the ways in which a trigger or a function of a service can. */
  #perform(call: Call, random: Random, depth: number, failing: number, context: TriggerContext): unknown {
    const isService = call.service !== undefined;
    this.#seen.push(call);
    this.journal.note(`${'  '.repeat(depth)}> ${String(call.firing.event)} ${call.phase} ${call.name}`);
    const wasStarted = this.#isStarted();
    for (let left = random.below(3); left > 0; left--) this.#step(random.fork(), depth + 1);
    const endedIt = wasStarted && !this.#isStarted();
    const ending = random.weighted({
      returns: 8,
      throws: 2,
      thenable: 6,
      promise: isService ? 0 : 4,
      never: 1,
      signal: isService ? 0 : 1,
    });
    if (ending === 'throws' && random.chance(failing * 4)) {
      call.error = { thrown: this.#error(random) };
      call.state = 'failed';
      throw call.error.thrown;
    }
    if (ending === 'returns' || ending === 'throws') {
      call.state = 'done';
      return random.pick([undefined, 1, {}, null]);
    }
    const deferred = new Deferred(call, this.#firings, ending === 'promise' || ending === 'signal');
    // C30, C31: its firing was over before it returned, and waits for nothing.
    if (endedIt) call.state = 'left';
    if (ending === 'signal') {
      const settle = (): void => {
        deferred.settle();
      };
      // Not before it is returned: the reactor does not wait for it until then.
      if (context.signal.aborted) queueMicrotask(settle);
      else context.signal.addEventListener('abort', settle);
    } else if (ending !== 'never') this.#deferred.push(deferred);
    return deferred.returned;
  }

  #isStarted(): boolean {
    const { state } = this.reactor;
    return state !== 'idle' && state !== 'stopped';
  }

  #keyOf({ event, detail }: TriggerContext): unknown {
    return event === 'startup' || event === 'shutdown' ? `${event} ${String(this.#runs)}` : detail;
  }

  #remove(random: Random): void {
    const registered = this.#handles[random.below(Math.max(1, this.#handles.length))];
    if (registered === undefined) return;
    const { handle, registrations, taker } = registered;
    const wasRegistered = registrations.some((registration) => registration.registered);
    for (const registration of registrations) this.#firings.take(registration);
    const how = taker === undefined ? random.pick(['strict', 'forgiving']) : 'signal';
    if (how === 'signal') taker?.abort();
    else if (how === 'forgiving') {
      const removed = handle.remove();
      this.journal.check(
        removed === wasRegistered,
        'C19',
        () => `remove() of ${handle.name} returned ${String(removed)}`,
      );
    } else {
      const threw = !this.#allow([UnknownTriggerError], () => {
        this.reactor.removeSystemEventTrigger(handle);
      });
      this.journal.check(threw !== wasRegistered, 'C19', () => `removing ${handle.name} threw: ${String(threw)}`);
    }
  }

  #fire(random: Random): void {
    const { reactor } = this;
    if (reactor.state === 'stopped') return;
    const event = random.pick<unknown>(['a', 'b', TICKER]);
    const detail = {};
    const isFiring = reactor.isFiring(event);
    const again = random.chance(0.4);
    const limits = random.chance(0.4) ? this.#limits(random, 30) : undefined;
    const fired = this.#allow([EventAlreadyFiringError], () => {
      const promise = reactor.fire(event as string, detail, {
        ...(again && { whenFiring: 'again' }),
        ...(limits && { limits }),
        timings: random.chance(0.3),
      });
      const asked = this.#asked.get(promise);
      if (asked !== undefined) {
        asked.detail = detail;
        return;
      }
      const mine = { detail, again: isFiring };
      this.#asked.set(promise, mine);
      void promise.then((report) => {
        this.#asked.delete(promise);
        this.#firings.ended(event, mine.detail, report);
      });
    });
    this.journal.check(fired === (!isFiring || again), 'C20', () => `firing ${String(event)} threw: ${String(!fired)}`);
  }

  #settle(random: Random): void {
    const index = random.below(Math.max(1, this.#deferred.length));
    const [deferred] = this.#deferred.splice(index, 1);
    deferred?.settle(random.chance(0.1) ? { thrown: this.#error(random) } : undefined);
  }

  #soon(random: Random, depth: number): void {
    const name = this.#name('soon');
    const body = random.fork();
    this.#calls.queued(name);
    this.reactor.callSoon(
      named(name, () => {
        this.#calls.ran(name);
        return this.#callback(body, depth);
      }),
    );
  }

  #later(random: Random, depth: number): void {
    const { reactor } = this;
    const name = this.#name('later');
    const body = random.fork();
    const ms = random.pick([0, 0, 1, random.below(12), random.below(1_200) / 100, 1_000_000, Infinity]);
    const dropped: Set<string> = new Set();
    const onDrop = (error: ReactorStoppedError): void => {
      dropped.add(name);
      this.#calls.forget(name);
      this.journal.check(reactor.state === 'stopped', 'C30', () => `${name} was dropped: ${error.message}`);
    };
    const run = (): unknown => {
      this.#calls.ranTimed(name, reactor.now());
      return this.#callback(body, depth);
    };
    const handle = reactor.callLater(ms, run, { name, ...(random.chance(0.3) && { onDrop }) });
    if (dropped.has(name)) return;
    this.#calls.set(name, handle);
    this.#timed.push({ name, handle });
  }

  /** What a queued or a timed call does; it may fail, by a throw or by a promise. */
  #callback(random: Random, depth: number): unknown {
    for (let left = random.below(3); left > 0; left--) this.#step(random.fork(), depth + 1);
    if (!random.chance(0.1)) return undefined;
    const error = this.#error(random);
    this.#thrown.push(error);
    if (random.chance(0.5)) throw error;
    return Promise.resolve().then(() => {
      throw error;
    });
  }

  #change(random: Random): void {
    const index = random.below(Math.max(1, this.#timed.length));
    const [call] = this.#timed.splice(index, 1);
    if (!call?.handle.active) return;
    const { name, handle } = call;
    const how = random.pick(['cancel', 'dispose', 'reset', 'delay']);
    if (how === 'cancel') handle.cancel();
    else if (how === 'dispose') handle[Symbol.dispose]();
    else if (how === 'reset') handle.reset(random.below(10));
    else handle.delay(random.below(20) - 10);
    this.#calls.forget(name);
    if (!handle.active) return;
    this.#calls.set(name, handle);
    this.#timed.push(call);
  }

  #loop(random: Random, depth: number): void {
    const ms = random.pick([0, 1, 2.5, 4]);
    const body = random.fork();
    const name = this.#name('every');
    let last: number | undefined;
    let pends = false;
    const loop = every(
      this.reactor,
      ms,
      ({ time, missed }) => {
        this.journal.check(!pends, 'C44', () => `${name} ran while a run of it was pending`);
        const expected = last === undefined ? time : last + (missed + 1) * ms;
        this.journal.check(
          ms === 0 || Math.abs(time - expected) < 1e-3,
          'C44',
          () => `${name} ran for ${String(time)}, ${String(missed)} missed since ${String(last)}`,
        );
        last = time;
        const random = body.fork();
        if (random.chance(0.2)) this.#step(random.fork(), depth + 1);
        if (random.chance(0.1)) {
          const error = this.#error(random);
          this.#thrown.push(error);
          throw error;
        }
        if (!random.chance(0.3)) return undefined;
        pends = true;
        return settled().then(() => {
          pends = false;
        });
      },
      { name, now: random.chance(0.5) },
    );
    this.#loops.push(loop);
    this.#unsettled++;
    void loop.whenDone().then(() => {
      this.#unsettled--;
    });
    if (random.chance(0.5)) this.reactor.callLater(random.below(15), () => (loop.active ? loop.stop() : undefined));
  }

  #task(random: Random): void {
    const steps = random.below(40);
    let done = 0;
    function* work(): Generator {
      for (; done < steps; done++) yield random.chance(0.1) ? Promise.resolve() : undefined;
    }
    if (this.reactor.state === 'stopped') return;
    const task = cooperate(this.reactor, work());
    this.#unsettled++;
    task.whenDone().then(
      (how) => {
        this.#unsettled--;
        this.journal.check(
          how !== 'finished' || done === steps,
          'C45',
          () => `a task has finished ${String(done)} steps`,
        );
      },
      (error: unknown) => {
        this.#unsettled--;
        this.journal.check(error instanceof ReactorStoppedError, 'C45', () => `a task failed: ${String(error)}`);
      },
    );
    if (random.chance(0.2)) task[Symbol.dispose]();
  }

  #sleep(random: Random): void {
    const { reactor } = this;
    const ms = random.pick([0, 1, random.below(20), 1_000_000]);
    const since = reactor.now();
    const { signal } = reactor;
    const withSignal = random.chance(0.5);
    this.#unsettled++;
    sleep(reactor, ms, withSignal ? { signal } : {}).then(
      () => {
        this.#unsettled--;
        const slept = reactor.now() - since;
        this.journal.check(slept >= ms, 'C39, C44', () => `slept ${String(slept)} ms instead of ${String(ms)}`);
      },
      (error: unknown) => {
        this.#unsettled--;
        const isMeant = error instanceof ReactorStoppedError || (withSignal && error === signal.reason);
        this.journal.check(isMeant, 'C44', () => `a sleep was rejected with ${String(error)}`);
      },
    );
  }

  #whenRunning(random: Random, depth: number): void {
    const { reactor } = this;
    const name = this.#name('when-running');
    const body = random.fork();
    const registration: Registration = {
      event: 'startup',
      phase: 'after',
      name,
      every: false,
      required: false,
      registered: true,
    };
    const wasRunning = reactor.running;
    let ran = false;
    const fn = named(name, () => {
      ran = true;
      if (wasRunning) {
        for (let left = body.below(3); left > 0; left--) this.#step(body.fork(), depth + 1);
        return;
      }
      const call = this.#firings.called('startup', `startup ${String(this.#runs)}`, 'after', registration);
      this.#seen.push(call);
      for (let left = body.below(3); left > 0; left--) this.#step(body.fork(), depth + 1);
      call.state = 'done';
    });
    this.#allow([ReactorNotRunningError, PhasePassedError], () => {
      const handle = reactor.callWhenRunning(fn);
      this.journal.check(ran === wasRunning, 'C27', () => `${name} was called: ${String(ran)}`);
      if (handle === undefined) return;
      this.#firings.add(registration);
      this.#handles.push({ handle, registrations: [registration], taker: undefined });
    });
  }

  #use(random: Random): void {
    const name = this.#name('service');
    const needs = this.#services.used.filter(() => random.chance(0.4));
    const phasesOf = (ends: 'startup' | 'shutdown'): Phases => {
      const phases: Partial<Record<Phase, (context: TriggerContext) => unknown>> = {};
      for (const phase of PHASES) {
        if (!random.chance(phase === 'during' ? 0.8 : 0.25)) continue;
        const body = random.fork();
        phases[phase] = (context) => {
          const call = this.#firings.called(ends, this.#keyOf(context), phase, service);
          this.#services.called(ends, phase, service, call);
          return this.#perform(call, body.fork(), 1, ends === 'startup' ? 0.05 : 0.15, context);
        };
      }
      return phases;
    };
    const service: Service = {
      name,
      needs,
      ...(random.chance(0.9) && { startup: phasesOf('startup') }),
      ...(random.chance(0.9) && { shutdown: phasesOf('shutdown') }),
      status: () => 'fine',
    };
    this.#allow([PhasePassedError], () => {
      this.reactor.use(service);
      this.#services.add(service);
    });
  }

  #stop(how: 'stop' | 'escalate' | 'crash' | 'abort' | 'dispose', random: Random): void {
    const { reactor } = this;
    const reason: StopReason = { kind: random.pick(['stop', 'enough', 'signal']) };
    this.#count(`stop: ${how}`);
    this.journal.note(`stop: ${how} (${reactor.state})`);
    this.#allow([ReactorNotRunningError, SelfWaitError], () => {
      if (how === 'crash') {
        if (this.#crashes >= 2) return;
        reactor.crash();
        this.#crashes++;
      } else if (how === 'abort') this.#abort();
      else if (how === 'dispose') void reactor[Symbol.asyncDispose]();
      else {
        const isStarted = reactor.state === 'starting' || reactor.state === 'running';
        if (isStarted) this.#reasons.push(reason);
        if (how === 'escalate') reactor.escalate(reason);
        else void reactor.stop(reason).catch(() => undefined); // heard where run() was called
      }
    });
  }

  #abort(): void {
    this.#aborter?.abort();
  }

  #limits(random: Random, most: number): Limits {
    const ms = (): number => random.below(most);
    return {
      deadline: 1 + ms(),
      ...(random.chance(0.2) && { before: ms() }),
      ...(random.chance(0.2) && { during: ms() }),
      ...(random.chance(0.2) && { after: ms() }),
    };
  }

  /** Runs it; whether it did not throw one of these. Anything else that it throws is a violation. */
  #allow(classes: readonly (abstract new (...args: never[]) => Error)[], fn: () => void): boolean {
    try {
      fn();
      return true;
    } catch (error) {
      const isMeant = classes.some((errorClass) => error instanceof errorClass);
      this.journal.check(isMeant, 'misuse', () => (error instanceof Error ? (error.stack ?? '') : String(error)));
      return false;
    }
  }

  #error(random: Random): unknown {
    const name = this.#name('error');
    return random.chance(0.8) ? new Error(name) : name;
  }

  #name(what: string): string {
    return `${what}#${String(++this.#names)}`;
  }

  #count(what: string): void {
    this.#tally.set(what, (this.#tally.get(what) ?? 0) + 1);
  }
}

function named<T>(name: string, fn: () => T): () => T {
  return Object.defineProperty(fn, 'name', { value: name });
}

/** All that is ready in the host has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Whatever calls a reactor from outside of its turns. */
function outside(random: Random): Promise<void> {
  return new Promise((resolve) => {
    const how = random.pick(['immediate', 'timer', 'microtask', 'tick']);
    if (how === 'immediate') setImmediate(resolve);
    else if (how === 'timer') setTimeout(resolve, random.below(3));
    else if (how === 'microtask') queueMicrotask(resolve);
    else process.nextTick(resolve);
  });
}
