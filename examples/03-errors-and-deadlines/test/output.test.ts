import { expect, test } from '@jest/globals';
import { runExample, withoutDurations } from '../../../test/docs-example.ts';

test('examples/03-errors-and-deadlines prints what its expected.txt says, durations apart', async () => {
  const { status, stdout, stderr, expected } = await runExample(import.meta.dirname);
  expect(withoutDurations(stdout)).toBe(withoutDurations(expected));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
