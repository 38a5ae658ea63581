import { availableParallelism } from 'node:os';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ExaminationQueue } from './sabotage/examination-queue.ts';
import { examineSabotaged, examineTwin } from './sabotage/examination.ts';
import { sabotages } from './sabotage/table.ts';

/** A test also waits for its turn: all of them together take a tenth of this. */
const PATIENCE_MS = 600_000;
/** More than there are cores: many a sabotaged kit just waits until it is too late. */
const AT_ONCE = 3 * availableParallelism();

describe('the conformance kit can fail', () => {
  // The twin comes first, by itself; then all are examined, a few at once, in the order of the tests that hear of them.
  const twin = examineTwin();
  const queue = new ExaminationQueue(twin, AT_ONCE);
  const findings = sabotages.map((sabotage) => queue.add(() => examineSabotaged(sabotage)));
  const caught: Record<string, number> = {};

  it(
    'C49: the whole kit passes on the twin that is not sabotaged',
    async () => {
      const { failures, passed, end } = await twin;
      expect({ failures, end }).toEqual({ failures: [], end: 'over' });
      expect(passed).toBeGreaterThan(sabotages.length);
    },
    PATIENCE_MS,
  );

  sabotages.forEach(({ statement, what }, index) => {
    it(
      `${statement}: the kit catches ${what}`,
      async () => {
        const finding = await findings[index];
        const [first] = finding?.failures ?? [];
        const failsOnTwin = (await twin).failures.some(({ test }) => test === first?.test);
        expect({ end: finding?.end, test: first?.test ?? 'none failed', failsOnTwin }).toEqual({
          end: 'caught',
          test: expect.stringMatching(`^${statement}: `),
          failsOnTwin: false,
        });
        caught[statement] = (caught[statement] ?? 0) + 1;
        if (process.env['TRIPHASE_SABOTAGE'] === 'tell') {
          process.stdout.write(`${what}\n  ${String(first?.test)}\n    ${String(first?.message)}\n`);
        }
      },
      PATIENCE_MS,
    );
  });

  it('C49: each sabotage is another one', () => {
    expect(new Set(sabotages.map(({ what }) => what)).size).toBe(sabotages.length);
  });

  afterAll(() => {
    const rows = Object.entries(caught)
      .sort(([one], [other]) => Number(one.slice(1)) - Number(other.slice(1)))
      .map(([statement, count]) => `  ${statement.padEnd(4)} ${count}`);
    const all = Object.values(caught).reduce((sum, count) => sum + count, 0);
    process.stdout.write(`statement, sabotages that its tests caught (${all} in all)\n${rows.join('\n')}\n`);
  });
});
