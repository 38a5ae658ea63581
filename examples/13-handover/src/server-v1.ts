// The old version: it answers with the total.
import { runShop } from './shop.ts';

await runShop({
  name: 'v1',
  sum: (amounts) => ({ total: amounts.reduce((sum, amount) => sum + amount, 0) }),
});
