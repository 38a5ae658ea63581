/** The library, bundled with its own copy of core. */
export { batch } from '../../src/batch.ts';
