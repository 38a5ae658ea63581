// The new version: it answers with the total and the number of entries.
import { runShop } from './shop.ts';

await runShop({
  name: 'v2',
  sum: (amounts) => ({ total: amounts.reduce((sum, amount) => sum + amount, 0), entries: amounts.length }),
});
