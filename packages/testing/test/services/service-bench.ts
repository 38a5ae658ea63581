import {
  TriphaseError,
  type BackgroundContext,
  type RestartOptions,
  type RunResult,
  type Service,
} from '@triphase/core';
import { ManualReactor, type ManualReactorOptions } from '@triphase/testing';

/** A restart policy with delays of 100, 200, 400 … ms. */
export const EXACT = { delay: 100, jitter: 0 } satisfies RestartOptions;

/** A reactor, with the errors that it reports and the lines that it logs. */
export function create(options: ManualReactorOptions = {}): {
  reactor: ManualReactor;
  errors: unknown[];
  lines: string[];
} {
  const errors: unknown[] = [];
  const lines: string[] = [];
  const log = (line: string): void => {
    lines.push(line);
  };
  const reactor = new ManualReactor({
    onError: (error) => {
      errors.push(error);
    },
    logger: { info: log, warn: log, error: log },
    ...options,
  });
  return { reactor, errors, lines };
}

/** A function that does nothing. */
export const noop = (): void => undefined;

/** The body of a background that ends when it is told to stop. */
export const untilStopped = ({ stopped }: BackgroundContext): Promise<void> => stopped;

/** The errors of a result, without the error objects that wrap them. */
export function causes(result: RunResult): unknown[] {
  return result.errors.map((error) => (error instanceof TriphaseError && 'cause' in error ? error.cause : error));
}

/** A service that adds its start and its stop to `log`. */
export function notingService(log: string[], name: string, needs: readonly Service[] = []): Service {
  return {
    name,
    needs,
    startup: { during: () => log.push(`${name} starts`) },
    shutdown: { before: () => log.push(`${name} before`), during: () => log.push(`${name} stops`) },
  };
}

/** Resolves in the next macrotask, when all promise jobs are over. */
export function nextMacrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** `done` when the promise is fulfilled, else the name of the error. */
export async function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.name : typeof error),
  );
}
