/** What the tests import from `@jest/globals`, from vitest. */
export * from 'vitest';
export { vi as jest } from 'vitest';
