// A trigger that fails or hangs holds up nobody: the failure is reported, the hang is cut at its limit, the rest runs.
import { createNodeReactor } from '@triphase/node-reactor';

const reactor = createNodeReactor({
  onError: (error, { name }) => console.log(`  onError: ${name}: ${String(error)}`),
});

reactor.on('reload', {
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
const report = await reactor.fire('reload', undefined, { limits: { during: 50 } });

console.log(`errors: ${report.errors.map(({ code }) => code).join(', ')}`);
console.log(`abandoned: ${report.abandoned.map(({ name }) => name).join(', ')}`);

try {
  report.throwIfFailed(); // a firing never rejects: who wants an exception asks for it
} catch (error) {
  console.log(`throwIfFailed: ${error instanceof AggregateError ? String(error.errors.length) : 'no'} errors in one`);
}
