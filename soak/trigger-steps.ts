/** Kind `life`: the steps with triggers, firings and services. */
import {
  EventAlreadyFiringError,
  PhasePassedError,
  ReactorNotRunningError,
  UnknownTriggerError,
  type Phase,
  type Phases,
  type Service,
  type TriggerContext,
  type TriggerHandle,
} from '@triphase/core';
import { Deferred } from './deferred.ts';
import type { Call, Registration } from './firings-model.ts';
import { PHASES } from './phases.ts';
import { named, type Step } from './step.ts';
import type { Random } from './random.ts';
import { randomLimits, type Subject } from './subject.ts';

const TICKER = Symbol('ticker');

interface Registered {
  readonly handle: TriggerHandle;
  readonly registrations: readonly Registration[];
  /** Removes the trigger by its `signal`. */
  readonly aborter: AbortController | undefined;
}

export class TriggerSteps {
  readonly #subject: Subject;
  readonly #step: Step;
  readonly #handles: Registered[] = [];
  readonly #deferred: Deferred[] = [];

  constructor(subject: Subject, step: Step) {
    this.#subject = subject;
    this.#step = step;
  }

  /** Whether there is a pending promise that {@link TriggerSteps.settle} can settle. */
  canSettle(): boolean {
    return this.#deferred.length > 0;
  }

  /** Registers a trigger. */
  register(random: Random, depth: number): void {
    const event = random.pick<string | symbol>(['a', 'a', 'b', 'b', TICKER, 'startup', 'shutdown', 'shutdown']);
    const phase = random.pick(PHASES);
    const isOwn = event !== 'startup' && event !== 'shutdown';
    const isStartup = event === 'startup';
    const isEvery = random.chance(0.4);
    const required = isOwn && phase === 'before' && random.chance(0.2);
    const name = this.#subject.name('trigger');
    const timeout = random.chance(0.15) ? random.below(20) : undefined;
    const aborter = random.chance(0.1) ? new AbortController() : undefined;
    const registration: Registration = { event, phase, name, every: isEvery, required, registered: true };
    const body = random.fork();
    const trigger = (context: TriggerContext): unknown => {
      const call = this.#subject.firings.called(event, this.#keyOf(context), context.phase, registration);
      this.#subject.journal.check(context.name === name, 'C21', () => `${name} is called ${context.name}`);
      return this.#perform(call, body.fork(), depth, isStartup ? 0.03 : 0.15, context);
    };
    this.#subject.journal.allow([PhasePassedError], () => {
      const handle = this.#subject.reactor.addSystemEventTrigger(phase, event, trigger, {
        name,
        every: isEvery,
        ...(required && { required }),
        ...(timeout !== undefined && { timeout }),
        ...(aborter && { signal: aborter.signal }),
      });
      this.#subject.firings.add(registration);
      this.#handles.push({ handle, registrations: [registration], aborter });
    });
  }

  /** The body of a trigger or service function: does some steps, then returns, throws, or returns a pending promise. */
  #perform(call: Call, random: Random, depth: number, failing: number, context: TriggerContext): unknown {
    const isService = call.service !== undefined;
    this.#subject.triggerCalls.push(call);
    this.#subject.journal.note(`${'  '.repeat(depth)}> ${String(call.firing.event)} ${call.phase} ${call.name}`);
    const wasStarted = this.#subject.isStarted();
    for (let left = random.below(3); left > 0; left--) this.#step(random.fork(), depth + 1);
    const hasEndedRun = wasStarted && !this.#subject.isStarted();
    const ending = random.weighted({
      returns: 8,
      throws: 2,
      thenable: 6,
      promise: isService ? 0 : 4,
      never: 1,
      signal: isService ? 0 : 1,
    });
    if (ending === 'throws' && random.chance(failing * 4)) {
      call.error = { thrown: this.#subject.error(random) };
      call.state = 'failed';
      throw call.error.thrown;
    }
    if (ending === 'returns' || ending === 'throws') {
      call.state = 'done';
      return random.pick([undefined, 1, {}, null]);
    }
    const deferred = new Deferred(call, this.#subject.firings, ending === 'promise' || ending === 'signal');
    // C30, C31: its firing ended before it returned, and doesn't wait for it.
    if (hasEndedRun) call.state = 'abandoned';
    if (ending === 'signal') {
      const settle = (): void => {
        deferred.settle();
      };
      // Not before it is returned: the reactor doesn't wait for it until then.
      if (context.signal.aborted) queueMicrotask(settle);
      else context.signal.addEventListener('abort', settle);
    } else if (ending !== 'never') this.#deferred.push(deferred);
    return deferred.returned;
  }

  /** The key of the firing, for the model. */
  #keyOf({ event, detail }: TriggerContext): unknown {
    return event === 'startup' || event === 'shutdown' ? `${event} ${String(this.#subject.runs)}` : detail;
  }

  /** Removes a trigger in one of three ways. */
  remove(random: Random): void {
    const registered = this.#handles[random.below(Math.max(1, this.#handles.length))];
    if (registered === undefined) return;
    const { handle, registrations, aborter } = registered;
    const wasRegistered = registrations.some((registration) => registration.registered);
    for (const registration of registrations) this.#subject.firings.removed(registration);
    const how = aborter === undefined ? random.pick(['strict', 'forgiving']) : 'signal';
    if (how === 'signal') aborter?.abort();
    else if (how === 'forgiving') {
      const removed = handle.remove();
      this.#subject.journal.check(
        removed === wasRegistered,
        'C19',
        () => `remove() of ${handle.name} returned ${String(removed)}`,
      );
    } else {
      const threw = !this.#subject.journal.allow([UnknownTriggerError], () => {
        this.#subject.reactor.removeSystemEventTrigger(handle);
      });
      this.#subject.journal.check(
        threw !== wasRegistered,
        'C19',
        () => `removing ${handle.name} threw: ${String(threw)}`,
      );
    }
  }

  /** Fires an event. */
  fire(random: Random): void {
    const { reactor } = this.#subject;
    if (reactor.state === 'stopped') return;
    const event = random.pick<string | symbol>(['a', 'b', TICKER]);
    const detail = {};
    const isFiring = reactor.isFiring(event);
    const again = random.chance(0.4);
    const limits = random.chance(0.4) ? randomLimits(random, 30) : undefined;
    const fired = this.#subject.journal.allow([EventAlreadyFiringError], () => {
      const promise = reactor.fire(event, detail, {
        ...(again && { whenFiring: 'again' }),
        ...(limits && { limits }),
        timings: random.chance(0.3),
      });
      const queued = this.#subject.pendingReports.get(promise);
      // The same promise again: a firing of this event was already queued. It gets the newest detail (C20).
      if (queued !== undefined) {
        queued.detail = detail;
        return;
      }
      const mine = { detail, again: isFiring };
      this.#subject.pendingReports.set(promise, mine);
      void promise.then((report) => {
        this.#subject.pendingReports.delete(promise);
        this.#subject.firings.ended(event, mine.detail, report);
      });
    });
    this.#subject.journal.check(
      fired === (!isFiring || again),
      'C20',
      () => `firing ${String(event)} threw: ${String(!fired)}`,
    );
  }

  /** Settles the pending promise of a trigger. */
  settle(random: Random): void {
    const index = random.below(Math.max(1, this.#deferred.length));
    const [deferred] = this.#deferred.splice(index, 1);
    deferred?.settle(random.chance(0.1) ? { thrown: this.#subject.error(random) } : undefined);
  }

  /** Calls `callWhenRunning`. */
  whenRunning(random: Random, depth: number): void {
    const { reactor } = this.#subject;
    const name = this.#subject.name('when-running');
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
      const call = this.#subject.firings.called(
        'startup',
        `startup ${String(this.#subject.runs)}`,
        'after',
        registration,
      );
      this.#subject.triggerCalls.push(call);
      for (let left = body.below(3); left > 0; left--) this.#step(body.fork(), depth + 1);
      call.state = 'done';
    });
    this.#subject.journal.allow([ReactorNotRunningError, PhasePassedError], () => {
      const handle = reactor.callWhenRunning(fn);
      this.#subject.journal.check(ran === wasRunning, 'C27', () => `${name} was called: ${String(ran)}`);
      if (handle === undefined) return;
      this.#subject.firings.add(registration);
      this.#handles.push({ handle, registrations: [registration], aborter: undefined });
    });
  }

  /** Uses a plain service. */
  use(random: Random): void {
    const name = this.#subject.name('service');
    const needs = this.#subject.services.used.filter(() => random.chance(0.4));
    const phasesOf = (event: 'startup' | 'shutdown'): Phases => {
      const phases: Partial<Record<Phase, (context: TriggerContext) => unknown>> = {};
      for (const phase of PHASES) {
        if (!random.chance(phase === 'during' ? 0.8 : 0.25)) continue;
        const body = random.fork();
        phases[phase] = (context) => {
          const call = this.#subject.firings.called(event, this.#keyOf(context), phase, service);
          this.#subject.services.called(event, phase, service, call);
          return this.#perform(call, body.fork(), 1, event === 'startup' ? 0.05 : 0.15, context);
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
    this.#subject.journal.allow([PhasePassedError], () => {
      this.#subject.reactor.use(service);
      this.#subject.services.add(service);
    });
  }
}
