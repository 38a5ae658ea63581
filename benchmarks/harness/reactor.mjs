import { createNodeReactor } from '@triphase/node-reactor';

/** A running reactor of the built package with default options. It runs until the process ends. */
export async function startReactor() {
  const reactor = createNodeReactor();
  void reactor.run();
  await reactor.startupReport;
  return reactor;
}
