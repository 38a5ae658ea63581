/** @jest-environment jsdom */
import { jest, test } from '@jest/globals';
import { suite } from './suite.mjs';

suite(test, {
  install: () => jest.useFakeTimers(),
  advance: (ms) => jest.advanceTimersByTimeAsync(ms),
  count: () => jest.getTimerCount(),
  uninstall: () => jest.useRealTimers(),
});
