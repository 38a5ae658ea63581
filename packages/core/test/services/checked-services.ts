import { addService, removeService, restartService, type Phase, type Phases, type Service } from '@triphase/core';

import { serviceControl } from '../../src/services/service-control.ts';
import { lifeOf } from '../../src/services/service-life.ts';
import { HandTurnedReactor, settled } from '../hand-turned-reactor.ts';

export const PHASES: readonly Phase[] = ['before', 'during', 'after'];

export interface ServicePlan {
  /** The indexes of services that were made before it. */
  readonly needs: readonly number[];
  readonly phases: readonly Phase[];
}

type LifeEvent = 'startup' | 'shutdown';

interface Call {
  readonly of: CheckedService;
  readonly event: LifeEvent;
  readonly phase: Phase;
  settle(isDone: boolean): void;
}

/** What a service has done since it was last down. */
interface CheckedService {
  readonly service: Service;
  readonly needs: readonly CheckedService[];
  readonly phases: readonly Phase[];
  /** The phases whose startup functions have fulfilled. */
  started: Set<Phase>;
  /** The phases whose shutdown functions have settled. */
  stopped: Set<Phase>;
  isFailed: boolean;
  /** It is restarted without those that need it. */
  isAlone: boolean;
  /** It was added while the reactor was stopping. */
  readonly isLate: boolean;
}

/**
 * A program whose services start, stop, restart, are added and removed at random. Each call of a service is checked against the rules of C52
 * and C60, in their simplest form. `broken` lists the calls that broke a rule.
 */
export class CheckedServices {
  readonly reactor: HandTurnedReactor = new HandTurnedReactor({ onError: () => undefined });
  readonly broken: string[] = [];
  readonly promises: Promise<unknown>[] = [];
  readonly all: CheckedService[] = [];
  readonly calls: Call[] = [];
  readonly #isStrict: boolean;
  #slow = false;

  /** `isStrict`: nothing crashes or escalates, so that every rule holds. */
  constructor(plans: readonly ServicePlan[], isStrict: boolean) {
    this.#isStrict = isStrict;
    for (const plan of plans) this.reactor.use(this.#make(plan).service);
  }

  async run(): Promise<void> {
    this.#slow = false;
    try {
      this.reactor.run().catch(() => undefined);
    } catch {
      return; // it runs, or can't run any more
    }
    await this.rest();
    this.#slow = true;
  }

  async rest(): Promise<void> {
    for (let i = 0; i < 4; i++) {
      await settled();
      this.reactor.pump();
    }
  }

  restart(place: number): void {
    const checked = this.#at(place);
    if (checked !== undefined) this.#watch(restartService(this.reactor, checked.service));
  }

  /** Does what a restart policy does when the body of its service has failed. */
  lose(place: number): void {
    const checked = this.#at(place);
    if (checked === undefined || this.reactor.state !== 'running') return;
    const control = serviceControl(this.reactor);
    if (statesOf(this.reactor).get(checked.service) !== 'started') return;
    checked.isAlone = true;
    control.down(checked.service);
    const reason = { kind: 'restart', service: checked.service.name, cause: 'alone' };
    this.#watch(control.restart(checked.service, { dependants: false, reason }));
  }

  remove(place: number): void {
    const checked = this.#at(place);
    if (checked !== undefined) this.#watch(removeService(this.reactor, checked.service));
  }

  add(plan: ServicePlan): void {
    this.#watch(addService(this.reactor, this.#make(plan).service));
  }

  settle(which: number, isDone: boolean): void {
    const [call] = this.calls.splice(which % Math.max(1, this.calls.length), 1);
    call?.settle(isDone);
  }

  /** Settles all pending calls, until none is left. */
  async drain(): Promise<void> {
    this.#slow = false;
    do {
      while (this.calls.length > 0) this.settle(0, true);
      await this.rest();
    } while (this.calls.length > 0);
    this.#slow = true;
  }

  /** Promises that have not settled. */
  async pending(): Promise<number> {
    let pending = this.promises.length;
    for (const promise of this.promises) promise.then(count, count);
    function count(): void {
      pending--;
    }
    await settled();
    return pending;
  }

  /** The services that have started and have not been stopped. */
  left(): string[] {
    return this.all.filter((each) => !isDown(each)).map(({ service }) => service.name);
  }

  #at(place: number): CheckedService | undefined {
    return this.all[place % Math.max(1, this.all.length)];
  }

  #watch(promise: Promise<unknown>): void {
    promise.catch(() => undefined);
    this.promises.push(promise);
  }

  #make({ needs, phases }: ServicePlan): CheckedService {
    const name = `s${String(this.all.length)}`;
    const needed = this.all.length === 0 ? [] : [...new Set(needs.map((need) => need % this.all.length))];
    const needsOf = needed.map((place) => this.all[place]).filter((each) => each !== undefined);
    const of = (event: LifeEvent): Phases =>
      Object.fromEntries(
        phases.map((phase) => [
          phase,
          (context: { detail: unknown }) => this.#called(checked, event, phase, context.detail),
        ]),
      );
    const checked: CheckedService = {
      service: { name, needs: needsOf.map(({ service }) => service), startup: of('startup'), shutdown: of('shutdown') },
      needs: needsOf,
      phases,
      started: new Set(),
      stopped: new Set(),
      isFailed: false,
      isAlone: false,
      isLate: this.reactor.state === 'stopping',
    };
    this.all.push(checked);
    return checked;
  }

  #called(checked: CheckedService, event: LifeEvent, phase: Phase, detail: unknown): unknown {
    const isAlone = (detail as { cause?: unknown } | undefined)?.cause === 'alone';
    if (event === 'startup') this.#checkStart(checked, phase);
    else this.#checkStop(checked, phase, isAlone);
    const over = (isDone: boolean): void => {
      if (event === 'shutdown') {
        checked.stopped.add(phase);
        if (isDown(checked)) checked.started = new Set();
      } else if (isDone) checked.started.add(phase);
      else checked.isFailed = true;
    };
    if (!this.#slow) {
      over(true);
      return undefined;
    }
    return new Promise<void>((resolve, reject) => {
      this.calls.push({
        of: checked,
        event,
        phase,
        settle: (isDone) => {
          over(isDone);
          if (isDone) resolve();
          else reject(new Error(`${checked.service.name} ${event} ${phase}`));
        },
      });
    });
  }

  #checkStart(checked: CheckedService, phase: Phase): void {
    const { name } = checked.service;
    if (this.#isPending(checked)) this.#break(`${name} starts ${phase} beside itself`);
    if (isDown(checked)) {
      checked.started = new Set();
      checked.stopped = new Set();
      checked.isFailed = false;
      checked.isAlone = false;
    } else if (checked.stopped.size > 0) this.#break(`${name} starts ${phase} while it is half stopped`);
    if (this.reactor.state === 'stopping') return; // the functions of `before shutdown` of its needs may have been called
    for (const need of checked.needs) {
      const isReady = need.phases.every((each) => isLater(each, phase) || need.started.has(each));
      if (need.phases.length > 0 && (!isReady || (!isDown(need) && (need.stopped.size > 0 || need.isAlone))))
        this.#break(`${name} starts ${phase} without ${need.service.name}`);
    }
  }

  #checkStop(checked: CheckedService, phase: Phase, isAlone: boolean): void {
    const { name } = checked.service;
    if (this.#isPending(checked)) this.#break(`${name} stops ${phase} beside itself`);
    if (checked.started.size === 0) this.#break(`${name} stops ${phase} and has not started`);
    if (isAlone) return;
    for (const other of this.all) {
      if (!other.needs.includes(checked) || isDown(other)) continue;
      // It was added in `before shutdown`: what it needs may have been called in that phase already.
      if (phase === 'before' && other.isLate) continue;
      const isReady = other.phases.every((each) => isLater(each, phase) || other.stopped.has(each));
      if (!isReady) this.#break(`${name} stops ${phase} before ${other.service.name}`);
    }
  }

  #isPending(checked: CheckedService): boolean {
    return this.calls.some(({ of }) => of === checked);
  }

  #break(what: string): void {
    if (this.#isStrict) this.broken.push(what);
  }
}

function isLater(phase: Phase, than: Phase): boolean {
  return PHASES.indexOf(phase) > PHASES.indexOf(than);
}

/** It has never started, has failed to start, or every shutdown function has settled. */
function isDown({ phases, started, stopped, isFailed }: CheckedService): boolean {
  return started.size === 0 || isFailed || phases.every((phase) => stopped.has(phase));
}

/** The state of each service, as it is shown. */
export function statesOf(reactor: object): ReadonlyMap<Service, string> {
  return new Map(lifeOf(reactor).events.services.nodes.map(({ service, shownState }) => [service, shownState]));
}
