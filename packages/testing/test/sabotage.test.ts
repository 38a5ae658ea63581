import { availableParallelism } from 'node:os';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ExaminationQueue } from './sabotage/examination-queue.ts';
import { examineSabotaged, examineSound } from './sabotage/examination.ts';
import { sabotagedReactors } from './sabotage/reactors.ts';

/** Each test also waits for those before it. All together take a tenth of this. */
const PATIENCE_MS = 600_000;
/** More than there are cores, because many tests only wait for their limit. */
const AT_ONCE = 4 * availableParallelism();

describe('the conformance kit fails for faulty reactors', () => {
  // First the correct reactor alone, then the others, a few at once, in the order of the tests.
  const sound = examineSound();
  const queue = new ExaminationQueue(sound, AT_ONCE);
  const findings = sabotagedReactors.map((sabotage) => queue.add(() => examineSabotaged(sabotage)));
  const caught: Record<string, number> = {};

  it(
    'C49: the whole kit passes on a correct reactor',
    async () => {
      const { failures, passed, end } = await sound;
      expect({ failures, end }).toEqual({ failures: [], end: 'over' });
      expect(passed).toBeGreaterThan(sabotagedReactors.length);
    },
    PATIENCE_MS,
  );

  sabotagedReactors.forEach(({ statement, what }, index) => {
    it(
      `${statement}: the kit catches ${what}`,
      async () => {
        const finding = await findings[index];
        const [first] = finding?.failures ?? [];
        const failsOnSound = (await sound).failures.some(({ test }) => test === first?.test);
        expect({ end: finding?.end, test: first?.test ?? 'none failed', failsOnSound }).toEqual({
          end: 'caught',
          test: expect.stringMatching(`^${statement}: `),
          failsOnSound: false,
        });
        caught[statement] = (caught[statement] ?? 0) + 1;
        if (process.env['TRIPHASE_SABOTAGE'] === 'tell') {
          process.stdout.write(`${what}\n  ${String(first?.test)}\n    ${String(first?.message)}\n`);
        }
      },
      PATIENCE_MS,
    );
  });

  it('C49: no two sabotaged reactors have the same description', () => {
    expect(new Set(sabotagedReactors.map(({ what }) => what)).size).toBe(sabotagedReactors.length);
  });

  afterAll(() => {
    const rows = Object.entries(caught)
      .sort(([one], [other]) => Number(one.slice(1)) - Number(other.slice(1)))
      .map(([statement, count]) => `  ${statement.padEnd(4)} ${count}`);
    const all = Object.values(caught).reduce((sum, count) => sum + count, 0);
    process.stdout.write(`statement, sabotaged reactors that its tests caught (${all} in all)\n${rows.join('\n')}\n`);
  });
});
