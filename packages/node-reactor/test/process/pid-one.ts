import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { ProcessKit } from './kit.ts';
import type { Program } from './program.ts';

/** Starts a program in a process namespace of its own, as its PID 1. */
const UNSHARE = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] as const;

/** Programs as PID 1, as in a container. A signal reaches PID 1 only if it has a listener: N11. */
export function pidOne(kit: ProcessKit): void {
  const { expect } = kit;
  const reason = whyNot();
  const cases = [
    { name: 'clean', status: 0, rule: 'as PID 1 a clean stop ends with 0' },
    { name: 'trueSignal', status: 143, rule: "as PID 1 with exit: 'signal' the status is 128 + its number" },
    { name: 'hangs', status: 124, rule: 'as PID 1 a stop that the deadline cuts ends with 124' },
  ] as const;
  for (const { name, status, rule } of cases) {
    if (reason !== undefined) {
      kit.skip('N11', rule, reason);
      continue;
    }
    kit.it('N11', rule, async () => {
      const program = kit.start(name, { through: UNSHARE });
      await program.line('running');
      process.kill(childOf(program), 'SIGTERM');
      const end = await program.ended;
      expect([end.status, end.lines.at(-1)]).toEqual([status, `exit event ${status === 143 ? 0 : status}`]);
    });
  }
}

/** Why this machine can't make a process namespace; undefined if it can. */
function whyNot(): string | undefined {
  const [command, ...args] = UNSHARE;
  const { status, stderr, error } = spawnSync(command, [...args, 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : `unshare: ${error?.message ?? stderr.trim()}`;
}

/** The process that `unshare` has started: `unshare` passes no signals on to it. */
function childOf({ pid }: Program): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}
