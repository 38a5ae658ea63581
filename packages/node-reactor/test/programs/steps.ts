import { NodeReactor, type NodeReactorOptions } from '@triphase/node-reactor';
import type { RunResult } from '@triphase/core';
import { once } from 'node:events';

/** A line for the test that watches. */
export function say(line: string): void {
  console.log(line);
}

/**
 * Listens from now on for the test to say that the program may go on, with a signal that no reactor here owns; it holds nothing.
 * Gives what to wait for.
 */
export function expectGo(): () => Promise<unknown> {
  const said = once(process, 'SIGUSR2');
  return () => said;
}

export function never(): Promise<never> {
  return new Promise(() => {});
}

/** Keeps the thread busy, so that nothing else of this process runs. */
export function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Runs a reactor as a program does that awaits it, and says what happens to it. */
export async function live(options: NodeReactorOptions, setup: (reactor: NodeReactor) => unknown): Promise<RunResult> {
  const reactor = new NodeReactor(options);
  process.on('exit', (status) => {
    say(`exit event ${status}`);
  });
  reactor.on('startup', { after: () => say('running') });
  setup(reactor);
  const result = await reactor.run();
  say(`over: ${result.reason.kind}`);
  return result;
}
