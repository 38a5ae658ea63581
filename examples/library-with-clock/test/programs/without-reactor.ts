/** Uses the library without a reactor. */
import { batch } from '../../src/batch.ts';

const add = batch<string>(async (items) => console.log(items.join(' ')), { ms: 20, size: 2 });
add('a');
add('b');
add('c');
