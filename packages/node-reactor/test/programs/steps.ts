import { NodeReactor, type NodeReactorOptions } from '@triphase/node-reactor';
import type { RunResult } from '@triphase/core';
import { once } from 'node:events';

/** Prints a line that the test reads. */
export function say(line: string): void {
  console.log(line);
}

/**
 * Listens from now on for SIGUSR2, by which the test says that the program may go on; no reactor here listens for it. It doesn't keep
 * the process alive. The result waits for that signal.
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

/** Runs a reactor, and prints what happens to it. */
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
