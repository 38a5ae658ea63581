import { runLedger } from './ledger.ts';

await runLedger(process.env);
