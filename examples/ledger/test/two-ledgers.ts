import { runLedger } from '../src/ledger.ts';

/** Two ledgers in one process: the first in `FIRST_DATA_DIR`, the second, which has the fault, in `SECOND_DATA_DIR`. */
const { FIRST_DATA_DIR, SECOND_DATA_DIR, LEDGER_FAULT, ...environment } = process.env;
await Promise.all([
  runLedger({ ...environment, DATA_DIR: FIRST_DATA_DIR }),
  runLedger({ ...environment, DATA_DIR: SECOND_DATA_DIR, LEDGER_FAULT }),
]);
