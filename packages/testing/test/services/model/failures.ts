import type { ReactorState, RunResult } from '@triphase/core';

import type { LifeEvent, ModelService } from './rules.ts';

/** An error that a service of the program throws. Each is thrown once. */
class ScriptedError extends Error {}

interface Failure {
  readonly error: ScriptedError;
  readonly service: ModelService;
  readonly where: LifeEvent | 'body' | 'lost';
  readonly run: number;
  readonly state: ReactorState;
  /** It was abandoned before it failed. */
  readonly isLeft: boolean;
  /** Number of times that `onError` got it, and that a log line of a restart named it. */
  reported: number;
  logged: number;
}

/** Checks that each failure is reported once: to `onError`, or in the log line of a restart (C48, C59). */
export class Failures {
  readonly all: Map<unknown, Failure> = new Map();
  readonly #strange: unknown[] = [];
  readonly #names: Set<string> = new Set();

  /** Makes an error for a service to throw, and records it. `isLeft`: the function was abandoned before. */
  create(
    service: ModelService,
    where: Failure['where'],
    at: { readonly state: ReactorState; readonly run: number },
    isLeft = false,
  ) {
    const error = new ScriptedError(`E${String(this.all.size)}.`);
    const { state, run } = at;
    this.all.set(error, { error, service, where, run, state, isLeft, reported: 0, logged: 0 });
    return error;
  }

  /** Whether an error of this service, or of its limits, was reported. */
  hasFailed(name: string): boolean {
    return this.#names.has(name);
  }

  heard(error: unknown, name: string): void {
    this.#names.add(name);
    const failure = this.all.get(error);
    if (failure !== undefined) failure.reported++;
    else this.#strange.push(error);
  }

  logged(line: string): void {
    const message = /E\d+\./.exec(line)?.[0];
    for (const failure of this.all.values()) if (failure.error.message === message) failure.logged++;
  }

  /** The failures that were not reported once. Called at the end of the program. */
  check(results: readonly RunResult[]): string[] {
    const found: string[] = [];
    for (const error of this.#strange)
      if ((error as { code?: string }).code === 'ERR_TRIPHASE_INTERNAL') found.push(String(error));
    for (const { error, service, where, state, isLeft, reported, logged } of this.all.values()) {
      const title = `${error.message} of ${where} ${service.name} (${state}${isLeft ? ', left' : ''})`;
      const times = reported + logged;
      // An abandoned function that fails late may be reported, but at most once.
      if (isLeft && where !== 'body' ? times > 1 : times !== 1)
        found.push(`${title} was reported ${String(reported)}+${String(logged)} times`);
      const inResults = results
        .flatMap(({ errors }) => errors)
        .filter((each) => each === error || (each as Error).cause === error);
      if (inResults.length > 1) found.push(`${title} is in results ${String(inResults.length)} times`);
      if (logged > 0 && inResults.length > 0) found.push(`${title} is restarted, and in a result`);
    }
    return found;
  }
}
