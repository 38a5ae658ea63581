import { suite } from './suite.mjs';
import { test } from 'node:test';

suite(test, { options: {}, ms: 27_000 });
