import { createNodeReactor } from '@triphase/node-reactor';

/** A reactor as its users have it: of the built package, default options, running. It lives until the process ends. */
export async function startReactor() {
  const reactor = createNodeReactor();
  void reactor.run();
  await reactor.startupReport;
  return reactor;
}
