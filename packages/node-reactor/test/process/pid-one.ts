import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { ProcessKit } from './kit.ts';
import type { Program } from './program.ts';

/** A name space of its own for processes, in which what it starts is the first. */
const UNSHARE = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] as const;

/** As the first process of a container: a signal has no effect there but for its listeners. N11 */
export function pidOne(kit: ProcessKit): void {
  const { expect } = kit;
  const reason = whyNot();
  const cases = [
    ['clean', 0, 'as PID 1 a clean stop ends with 0'],
    ['trueSignal', 143, "as PID 1 with exit: 'signal' the status is 128 and its number"],
    ['hangs', 124, 'as PID 1 the deadline makes it 124'],
  ] as const;
  for (const [name, status, rule] of cases) {
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

/** Why this machine cannot give a process a name space of its own, or undefined. */
function whyNot(): string | undefined {
  const [command, ...args] = UNSHARE;
  const { status, stderr, error } = spawnSync(command, [...args, 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : `unshare: ${error?.message ?? stderr.trim()}`;
}

/** What `unshare` has started: it does not pass signals on. */
function childOf({ pid }: Program): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}
