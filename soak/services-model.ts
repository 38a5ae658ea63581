/** Kind `life`: the model of plain services. (The kind `services` has the rules of packages/testing/test/services/model.) */
import type { Phase, Service } from '@triphase/core';
import type { Call, FiringsModel } from './firings-model.ts';
import type { Journal } from './journal.ts';
import { PHASES } from './phases.ts';

interface ModelService {
  readonly service: Service;
  /** The services that it needs directly. */
  readonly needs: readonly ModelService[];
  /** The calls of its startup functions. They decide whether it has started. */
  starts: Call[];
  stops: Call[];
}

/** A model of section 4 of the contract: it checks in which order services start and stop. */
export class ServicesModel {
  readonly #journal: Journal;
  readonly #firings: FiringsModel;
  readonly #services: ModelService[] = [];

  constructor(journal: Journal, firings: FiringsModel) {
    this.#journal = journal;
    this.#firings = firings;
  }

  add(service: Service): void {
    const needs = this.#services.filter((one) => service.needs?.includes(one.service));
    this.#services.push({ service, needs, starts: [], stops: [] });
  }

  /** The services of the program. */
  get used(): readonly Service[] {
    return this.#services.map(({ service }) => service);
  }

  /** C31: if a crash interrupted the start of a service, it starts again. If a crash interrupted its stop, it counts as started. */
  runBegins(): void {
    for (const one of this.#services) {
      if (!this.#hasStarted(one)) one.starts = [];
      one.stops = [];
    }
  }

  /** A function of a service is called. The functions of its needs must have settled, and only a started service may stop. */
  called(event: 'startup' | 'shutdown', phase: Phase, service: Service, call: Call): void {
    const one = this.#services.find((each) => each.service === service);
    if (one === undefined) return;
    const title = `${event} ${phase} of ${service.name}`;
    if (event === 'startup') {
      this.#check(!one.starts.some((start) => start.phase === phase), () => `${title} was called twice`);
      one.starts.push(call);
      for (const need of this.#all(one, ({ needs }) => needs)) {
        if (need.service.startup?.[phase] === undefined) continue;
        const start = need.starts.find((other) => other.phase === phase);
        this.#check(start !== undefined, () => `${title} was called before that of ${need.service.name}`);
        if (start !== undefined) this.#settled(start, title);
      }
      return;
    }
    this.#check(this.#hasStarted(one), () => `${title} was called, but it has not started`);
    this.#check(!one.stops.some((stop) => stop.phase === phase), () => `${title} was called twice`);
    one.stops.push(call);
    for (const other of this.#all(one, ({ service: needed }) =>
      this.#services.filter((each) => each.service.needs?.includes(needed)),
    )) {
      if (other.service.shutdown?.[phase] === undefined || !this.#hasStarted(other)) continue;
      const stop = other.stops.find((call) => call.phase === phase);
      this.#check(stop !== undefined, () => `${title} was called before that of ${other.service.name}`);
      if (stop !== undefined) this.#settled(stop, title);
    }
  }

  /** The reactor has stopped. Every service that had started must have been stopped, in each phase. */
  stopped(): void {
    for (const one of this.#services) {
      if (!this.#hasStarted(one)) continue;
      for (const phase of PHASES) {
        const due = one.service.shutdown?.[phase] === undefined ? 0 : 1;
        const seen = one.stops.filter((stop) => stop.phase === phase).length;
        this.#check(
          seen === due,
          () => `${one.service.name} had started, but shutdown ${phase} was called ${String(seen)} times`,
        );
      }
    }
  }

  #settled(call: Call, title: string): void {
    this.#check(
      call.state !== 'open' && !(call.state === 'pending' && this.#firings.isWaitedFor(call)),
      () => `${title} was called before ${call.name} had settled`,
    );
  }

  /** C52: a service has started if its startup functions have fulfilled. A service without such functions has started if all its needs have. */
  #hasStarted({ service, starts, needs }: ModelService): boolean {
    if (PHASES.some((phase) => service.startup?.[phase] !== undefined))
      return starts.length > 0 && starts.every(({ state }) => state === 'done');
    return needs.every((need) => this.#hasStarted(need));
  }

  /** The services that can be reached from `one` by `next`, without `one` itself. */
  #all(one: ModelService, next: (from: ModelService) => readonly ModelService[]): ReadonlySet<ModelService> {
    const found: Set<ModelService> = new Set();
    const waiting = [one];
    for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
      for (const each of next(current)) {
        if (found.has(each)) continue;
        found.add(each);
        waiting.push(each);
      }
    }
    return found;
  }

  #check(holds: boolean, what: () => string): void {
    this.#journal.check(holds, 'C52', what);
  }
}
