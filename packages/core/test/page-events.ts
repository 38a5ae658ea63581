import type { CoreEvents } from '@triphase/core';
import { HostedReactor } from './hosted-reactor.ts';

/** The events of a host in these tests. */
export interface PageEvents extends CoreEvents {
  hidden: string;
  suspend: string;
}

/** A reactor that runs. */
export function startedReactor(onError: (error: unknown) => void = () => undefined): HostedReactor<PageEvents> {
  const reactor: HostedReactor<PageEvents> = new HostedReactor({}, { onError });
  void reactor.run().catch(() => undefined);
  return reactor;
}

/** Awaits `count` times. Each await takes one microtask hop. */
export async function hops(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}
