import { runLedger } from '../src/ledger.ts';

/** Two ledgers in one process. The first uses `FIRST_DATA_DIR`. The second uses `SECOND_DATA_DIR`, and has the fault. */
const { FIRST_DATA_DIR, SECOND_DATA_DIR, LEDGER_FAULT, ...environment } = process.env;
await Promise.all([
  runLedger({ ...environment, DATA_DIR: FIRST_DATA_DIR }),
  runLedger({ ...environment, DATA_DIR: SECOND_DATA_DIR, LEDGER_FAULT }),
]);
