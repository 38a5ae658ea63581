import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'results');
const fileOf = (engine) => join(folder, `${engine.toLowerCase()}.json`);

/** What one engine has shown, test by test, with the name it gives itself. */
export class Results {
  rows = [];

  constructor(engine, userAgent) {
    this.engine = engine;
    this.userAgent = userAgent;
  }

  add(test, isPassed) {
    this.rows.push({ test, outcome: isPassed ? 'yes' : 'failed' });
  }

  skip(test, reason) {
    this.rows.push({ test, outcome: `skipped: ${reason}` });
  }

  save() {
    mkdirSync(folder, { recursive: true });
    writeFileSync(fileOf(this.engine), `${JSON.stringify(this, undefined, 2)}\n`);
  }
}

/** What {@link Results} has saved of this engine last. */
export const readResults = (engine) => JSON.parse(readFileSync(fileOf(engine), 'utf8'));
