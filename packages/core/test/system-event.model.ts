import { UnknownTriggerError, type FireOptions, type Phase, type TriggerOptions } from '@triphase/core';

/** The argument of a trigger of the model. */
export interface ModelContext {
  readonly phase: Phase;
  readonly name: string;
  readonly detail: unknown;
  readonly aborted: () => boolean;
}
type ModelTrigger = (context: ModelContext) => unknown;

/** The report of a firing in the model: the parts that do not depend on the resolution of a clock. */
export interface ModelReport {
  readonly counts: Record<Phase, number>;
  readonly errors: string[];
  readonly abandoned: string[];
  readonly outcomes: Record<Phase, string[]>;
  escalated: boolean;
  vetoed: boolean;
}

interface Registration extends TriggerOptions {
  readonly name: string;
  readonly phase: Phase;
  readonly trigger: ModelTrigger;
  registered: boolean;
}
interface Call {
  readonly registration: Registration;
  readonly started: number;
  state: 'pending' | 'done' | 'failed' | 'abandoned';
  aborted: boolean;
}
interface Firing {
  readonly detail: unknown;
  readonly options: FireOptions;
  readonly report: ModelReport;
  readonly done: (report: ModelReport) => void;
  readonly started: number;
  phase: Phase;
  phaseStarted: number;
  open: boolean;
  calls: Call[];
}
interface Again {
  detail: unknown;
  options: FireOptions;
  readonly promise: Promise<ModelReport>;
  readonly done: (report: ModelReport) => void;
}
interface ModelEvent {
  readonly type: string;
  readonly registrations: Registration[];
  firing: Firing | undefined;
  again: Again | undefined;
}

const NEXT = { before: 'during', during: 'after', after: undefined } as const;

/**
 * Section 2 of the contract in its simplest form: each event has one list of registrations, which is searched at each step. Limits are found
 * by a search of all pending calls.
 */
export class ModelEvents {
  now = 0;
  readonly #events: Map<string, ModelEvent> = new Map();
  readonly #onError: (error: string) => void;

  constructor(onError: (error: string) => void) {
    this.#onError = onError;
  }

  #event(type: string): ModelEvent {
    let event = this.#events.get(type);
    if (event === undefined)
      this.#events.set(type, (event = { type, registrations: [], firing: undefined, again: undefined }));
    return event;
  }

  /** C6, C17: a firing under way calls it too, unless it has called all triggers of that phase: the list is searched after each call. */
  add(
    phase: Phase,
    type: string,
    trigger: ModelTrigger,
    options: TriggerOptions & { readonly name: string },
  ): Registration {
    const registration = { ...options, phase, trigger, registered: true };
    this.#event(type).registrations.push(registration);
    return registration;
  }

  /** C19 */
  remove(registration: Registration): void {
    if (!registration.registered) throw new UnknownTriggerError();
    registration.registered = false;
  }

  isFiring(type: string): boolean {
    const event = this.#event(type);
    return event.firing !== undefined || event.again !== undefined;
  }

  /** C20: returns `undefined` where the reactor throws. */
  fire(type: string, detail: unknown, options: FireOptions): Promise<ModelReport> | undefined {
    const event = this.#event(type);
    let done!: (report: ModelReport) => void;
    const promise: Promise<ModelReport> = new Promise((resolve) => (done = resolve));
    if (!this.isFiring(type)) {
      this.#start(event, detail, options, done);
      return promise;
    }
    if (options.whenFiring !== 'again') return undefined;
    if (event.again === undefined) event.again = { detail, options, promise, done };
    else Object.assign(event.again, { detail, options });
    return event.again.promise;
  }

  #start(event: ModelEvent, detail: unknown, options: FireOptions, done: (report: ModelReport) => void): void {
    const report: ModelReport = {
      counts: { before: 0, during: 0, after: 0 },
      errors: [],
      abandoned: [],
      outcomes: { before: [], during: [], after: [] },
      escalated: false,
      vetoed: false,
    };
    event.firing = {
      detail,
      options,
      report,
      done,
      started: this.now,
      phase: 'before',
      phaseStarted: this.now,
      open: true,
      calls: [],
    };
    this.#runPhase(event, event.firing, 'before');
  }

  /** C9, C11, C16, C17: searches the list again after each call, so it finds triggers that were added meanwhile. */
  #runPhase(event: ModelEvent, firing: Firing, phase: Phase): void {
    Object.assign(firing, { phase, phaseStarted: this.now, open: true, calls: [] });
    const called: Set<Registration> = new Set();
    for (;;) {
      const next = event.registrations.find((one) => one.registered && one.phase === phase && !called.has(one));
      if (next === undefined) break;
      called.add(next);
      if (next.every !== true) next.registered = false;
      this.#call(event, firing, next);
    }
    firing.open = false;
    if (firing.report.escalated) this.#abandon(firing);
    this.#barrier(event, firing);
  }

  /** C10, C12: the next phase starts when nothing of this one pends. */
  #barrier(event: ModelEvent, firing: Firing): void {
    if (firing.open || firing.calls.some((call) => call.state === 'pending')) return;
    firing.report.outcomes[firing.phase].push(...firing.calls.map((call) => `${call.registration.name} ${call.state}`));
    let next: Phase | undefined = NEXT[firing.phase];
    if (next === 'during' && firing.report.vetoed) next = 'after'; // C26
    if (next !== undefined) {
      this.#runPhase(event, firing, next);
      return;
    }
    event.firing = undefined;
    firing.done(firing.report);
    if (event.again !== undefined) {
      void Promise.resolve().then(() => {
        const again = event.again!;
        event.again = undefined;
        this.#start(event, again.detail, again.options, again.done);
      });
    }
  }

  #call(event: ModelEvent, firing: Firing, registration: Registration): void {
    const call: Call = { registration, started: this.now, state: 'pending', aborted: firing.report.escalated };
    firing.calls.push(call);
    firing.report.counts[registration.phase]++;
    const settle = (state: 'done' | 'failed', error?: unknown): void => {
      if (call.state !== 'pending') return;
      call.state = state;
      if (state === 'failed') this.#fail(firing, call, String(error));
      this.#barrier(event, firing);
    };
    // C12, C13: `then` is read once and called at once; whatever throws on the way is the trigger's error.
    try {
      const { phase, name } = registration;
      const value = registration.trigger({ phase, name, detail: firing.detail, aborted: () => call.aborted });
      const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
      // Any object may be a thenable: its `then` decides.
      const then = isObject ? (value as { then?: unknown }).then : undefined;
      if (typeof then !== 'function') settle('done');
      else
        then.call(
          value,
          () => {
            settle('done');
          },
          (error: unknown) => {
            settle('failed', error);
          },
        );
    } catch (error) {
      settle('failed', error);
    }
  }

  /** C14, C26 */
  #fail(firing: Firing, call: Call, error: string): void {
    const { phase, name, required } = call.registration;
    firing.report.errors.push(`${phase} ${name}: ${error}`);
    if (required === true) firing.report.vetoed = true;
    this.#onError(`${phase} ${name}: ${error}`);
  }

  #abandon(firing: Firing): Call[] {
    const pending = firing.calls.filter((call) => call.state === 'pending');
    for (const call of pending) this.#abandonCall(firing, call);
    return pending;
  }

  #abandonCall(firing: Firing, call: Call): void {
    call.state = 'abandoned';
    call.aborted = true;
    firing.report.abandoned.push(`${call.registration.phase} ${call.registration.name} ${this.now - call.started}`);
  }

  #timeOut(firing: Firing, call: Call): void {
    this.#fail(firing, call, `timeout ${this.now - call.started}`);
  }

  /** C22: limits that have passed are handled in the order of their deadlines; those of the same time, in the order in which they began. */
  advance(ms: number): void {
    this.now += ms;
    for (;;) {
      const due: { readonly at: number; readonly began: number; readonly expire: () => void }[] = [];
      for (const event of this.#events.values()) {
        const { firing } = event;
        if (firing === undefined) continue;
        const pending = firing.calls.filter((call) => call.state === 'pending');
        const { deadline = Infinity } = firing.options.limits ?? {};
        const phaseLimit = firing.options.limits?.[firing.phase] ?? Infinity;
        const expireAll = (calls: readonly Call[]): void => {
          for (const call of calls) this.#abandonCall(firing, call);
          for (const call of calls) this.#timeOut(firing, call);
          this.#barrier(event, firing);
        };
        for (const call of pending) {
          due.push({
            at: call.started + (call.registration.timeout ?? Infinity),
            began: call.started,
            expire: () => {
              expireAll([call]);
            },
          });
        }
        due.push({
          at: firing.phaseStarted + phaseLimit,
          began: firing.phaseStarted,
          expire: () => {
            expireAll(pending);
          },
        });
        due.push({
          at: firing.started + deadline,
          began: firing.started,
          expire: () => {
            firing.report.escalated = true;
            expireAll(pending);
          },
        });
      }
      const first = due.filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at || a.began - b.began)[0];
      if (first === undefined) return;
      first.expire();
    }
  }
}
