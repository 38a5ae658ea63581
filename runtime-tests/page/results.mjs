import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'results');
const fileOf = (engine) => join(folder, `${engine.toLowerCase()}.json`);

/** The result of each test in one engine, with its user agent, for the table on docs/browser.md. */
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

/** The last results of this engine that {@link Results} has saved. */
export const readResults = (engine) => JSON.parse(readFileSync(fileOf(engine), 'utf8'));
