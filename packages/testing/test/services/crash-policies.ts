import { background, type BackgroundContext, type BackgroundOptions, sleep } from '@triphase/core';
import { create } from './service-bench.ts';

/** A body that adds the time of its call to `times`, and fails after `ms`. */
export function crashing(times: number[], ms = 0): (context: BackgroundContext) => Promise<never> {
  return async ({ clock, attempt }) => {
    times.push(clock.now());
    await sleep(clock, ms);
    throw new Error(`no ${String(attempt)}`);
  };
}

/** Runs a background with these options for `ms` of virtual time. */
export async function runUnderPolicy(
  body: (times: number[]) => (context: BackgroundContext) => unknown,
  options: BackgroundOptions,
  ms: number,
) {
  const { reactor, errors, lines } = create();
  const times: number[] = [];
  reactor.use(background('worker', body(times), options));
  await reactor.start();
  await reactor.advanceAsync(ms);
  const { state } = reactor;
  const result = await reactor.finish();
  return { times, errors, lines, state, result };
}
