import type { expect, test } from '@jest/globals';
import type { ClusterOptions } from '@triphase/node-reactor/cluster';
import { reloadCluster, type ControlAnswer } from '../../src/cluster.ts';
import type { ClusterProgram, Start } from './cluster-program.ts';

/** What a section of the tests of clusters is given. A program is killed after its test, with all its workers. */
export interface ClusterKit {
  readonly it: typeof test;
  readonly expect: typeof expect;
  start(options?: ClusterOptions, start?: Start): Promise<ClusterProgram>;
  /** Writes a program beside those of the tests; its path. */
  program(text: string, name?: string): string;
  /** Started, and the primary has said that it runs. */
  running(options?: ClusterOptions, start?: Start): Promise<ClusterProgram>;
}

/** Asks the primary by its control socket, as `triphase reload` does. */
export function reload({ pid }: ClusterProgram): Promise<ControlAnswer> {
  return reloadCluster(pid);
}

/** Numbers that differ from run to run. */
export function plain(text: string): string {
  return text.replace(/\d+\.\d\d s/g, 'N s').replace(/pid \d+/g, 'pid N');
}
