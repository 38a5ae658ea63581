import { TriphaseError, type BackgroundContext, type RunResult, type Service } from '@triphase/core';
import { ManualReactor, type ManualReactorOptions } from '@triphase/testing';

/** A reactor that keeps its errors and its log lines. */
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

export const untilTold = ({ stopped }: BackgroundContext): Promise<void> => stopped;

/** The errors that the result holds: what was thrown, not what wraps it. */
export function causes(result: RunResult): unknown[] {
  return result.errors.map((error) => (error instanceof TriphaseError && 'cause' in error ? error.cause : error));
}

/** A service that notes its start and its stop. */
export function noting(log: string[], name: string, needs: readonly Service[] = []): Service {
  return {
    name,
    needs,
    startup: { during: () => log.push(`${name} starts`) },
    shutdown: { before: () => log.push(`${name} before`), during: () => log.push(`${name} stops`) },
  };
}
