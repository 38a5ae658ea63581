import { suite } from './suite.mjs';
import { test } from 'node:test';

suite(test, { options: { limits: { shutdown: { deadline: 1_000 } } }, ms: 3_000 });
