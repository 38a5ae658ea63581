// @vitest-environment happy-dom
import { test, vi } from 'vitest';
import { suite } from './suite.mjs';

suite(test, {
  install: () => vi.useFakeTimers(),
  advance: (ms) => vi.advanceTimersByTimeAsync(ms),
  count: () => vi.getTimerCount(),
  uninstall: () => vi.useRealTimers(),
});
