/** The reactor that most topics measure: of the built package, with default options. */
import { createNodeReactor } from '@triphase/node-reactor';

/** Resolves with a running reactor. It runs until the process ends. */
export async function startReactor() {
  const reactor = createNodeReactor();
  void reactor.run();
  await reactor.startupReport;
  return reactor;
}
