/** Tests as users write them: they run services in the process of the test runner. */
import { NodeReactor, runService } from '@triphase/node-reactor';
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * `options` are those of the service. `ms` is how long the second test goes on after the run: longer than the time after which a reactor ends a process
 * that something keeps alive. With `fails` the last test fails.
 */
export function suite(test, { options, ms, fails = false }) {
  test('a service runs and stops', async () => {
    const events = [];
    const { reason } = await runService((app) => {
      app.use({
        name: 'db',
        startup: { during: () => events.push('open') },
        shutdown: { during: () => events.push('closed') },
      });
      app.on('startup', { after: () => void app.stop() });
    }, options);
    assert.deepEqual([reason.kind, events], ['stop', ['open', 'closed']]);
  });

  test('a reactor runs and stops, and the runner goes on', async () => {
    const reactor = new NodeReactor(options);
    reactor.on('shutdown', () => wait(5));
    const run = reactor.run();
    await wait(5);
    await reactor.stop();
    await run;
    await wait(ms);
  });

  test('a later test', () => wait(5));

  if (fails) {
    test('a test that fails', () => {
      assert.equal(1, 2);
    });
  }
}
