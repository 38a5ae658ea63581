import { expect, test } from '@jest/globals';
import { runExample } from '../../../test/docs-example.ts';

test('examples/02-timed-calls prints what its expected.txt says', async () => {
  const { status, stdout, stderr, expected } = await runExample(import.meta.dirname);
  expect(stdout).toBe(expected);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
