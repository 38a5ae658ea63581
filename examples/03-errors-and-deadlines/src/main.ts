// A trigger that throws or hangs doesn't stop the others: its error is reported, and after a time limit nothing waits for it.
import { runMain } from '@triphase/node-reactor';

await runMain(
  async (app) => {
    app.on('reload', {
      before: function readSettings() {
        throw new Error('the file is gone');
      },
      during: function refillCache({ signal }) {
        signal.addEventListener('abort', () => console.log('  refillCache: the signal aborted'));
        return new Promise(() => undefined); // never settles
      },
      after: () => console.log('  after reload: still here'),
    });

    console.log('reload with 50 ms for during:');
    const report = await app.fire('reload', undefined, { limits: { during: 50 } });

    console.log(`errors: ${report.errors.map(({ code }) => code).join(', ')}`);
    console.log(`abandoned: ${report.abandoned.map(({ name }) => name).join(', ')}`);

    try {
      report.throwIfFailed(); // fire() never rejects; this throws what failed
    } catch (error) {
      const count = error instanceof AggregateError ? error.errors.length : 0;
      console.log(`throwIfFailed: ${count} errors in one`);
    }
  },
  { onError: (error, { name }) => console.log(`  onError: ${name}: ${String(error)}`) },
);
