import type { expect, test } from '@jest/globals';
import type { ClusterOptions } from '@triphase/node-reactor/cluster';
import { reloadCluster, type ControlAnswer } from '../../src/cluster.ts';
import type { ClusterProgram, Start } from './cluster-program.ts';

/** What each section of the cluster tests gets. A program is killed after its test, with all its workers. */
export interface ClusterKit {
  readonly it: typeof test;
  readonly expect: typeof expect;
  start(options?: ClusterOptions, start?: Start): Promise<ClusterProgram>;
  /** Writes a program into the folder of the bundled ones, and gives its path. */
  program(text: string, name?: string): string;
  /** Starts a cluster, and waits until the primary prints that it runs. */
  running(options?: ClusterOptions, start?: Start): Promise<ClusterProgram>;
}

/** Asks the primary by its control socket, as `triphase reload` does. */
export function reload({ pid }: ClusterProgram): Promise<ControlAnswer> {
  return reloadCluster(pid);
}

/** Replaces the numbers that differ from run to run. */
export function plain(text: string): string {
  return text.replace(/\d+\.\d\d s/g, 'N s').replace(/pid \d+/g, 'pid N');
}

/**
 * Starts a primary on a socket that systemd-socket-activate holds, as systemd does: `times` times, one after another. `after` is a shell
 * command that runs after each.
 */
export function throughSystemd(times: number, after = ':'): Start {
  const numbers = Array.from({ length: times }, (_, n) => n + 1).join(' ');
  const again = `for n in ${numbers}; do sh -c 'LISTEN_PID=$$ exec "$@"' sh "$@"; ${after}; done`;
  const passed = ['PORT', 'DEPLOYED', 'CLUSTER'].flatMap((name) => ['-E', name]);
  return { through: ['systemd-socket-activate', '-l', '127.0.0.1:@PORT', ...passed, 'sh', '-c', again, 'sh'] };
}
