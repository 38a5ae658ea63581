// A trigger that fails or hangs doesn't stop the others: the failure is reported, and after its time limit nothing waits for the hanging one.
import { runMain } from '@triphase/node-reactor';

await runMain(
  async (app) => {
    app.on('reload', {
      before: function readSettings() {
        throw new Error('the file is gone');
      },
      during: function refillCache({ signal }) {
        signal.addEventListener('abort', () => console.log('  refillCache: my signal aborted, I let go'));
        return new Promise(() => undefined); // never settles
      },
      after: () => console.log('  after reload: still here'),
    });

    console.log('reload with 50 ms for during:');
    const report = await app.fire('reload', undefined, { limits: { during: 50 } });

    console.log(`errors: ${report.errors.map(({ code }) => code).join(', ')}`);
    console.log(`abandoned: ${report.abandoned.map(({ name }) => name).join(', ')}`);

    try {
      report.throwIfFailed(); // a firing never rejects: call this to get an exception
    } catch (error) {
      const count = error instanceof AggregateError ? error.errors.length : 0;
      console.log(`throwIfFailed: ${String(count)} errors in one`);
    }
  },
  { onError: (error, { name }) => console.log(`  onError: ${name}: ${String(error)}`) },
);
