import { suite } from './suite.mjs';

suite(it, { options: { limits: { shutdown: { deadline: 1_000 } } }, ms: 3_000, fails: true });
