import { suite } from './suite.mjs';
import { test } from '@jest/globals';

suite((name, body) => test(name, body, 40_000), {
  options: { limits: { shutdown: { deadline: 1_000 } } },
  ms: 3_000,
  fails: true,
});
