import { main } from '@triphase/cli';

await main(process.argv.slice(2));
