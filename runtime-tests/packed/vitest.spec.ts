// Under vitest, which loads packages by `import`, as Node does.
import { expect, test } from 'vitest';
import { ReactorBase, ReservedEventError, type RunResult } from '@triphase/core';
import { NodeReactor } from '@triphase/node-reactor';

interface MyEvents {
  reload: { path: string };
}

test('a typed reactor runs, fires and stops', async () => {
  const reactor: NodeReactor<MyEvents> = new NodeReactor({ signals: false });
  const paths: string[] = [];
  reactor.on('reload', ({ detail }) => paths.push(detail.path));
  reactor.callWhenRunning(async () => {
    await reactor.fire('reload', { path: '/etc' });
    await reactor.stop();
  });
  const result: RunResult = await reactor.run();
  expect(paths).toEqual(['/etc']);
  expect(result.reason.kind).toBe('stop');
  expect(reactor).toBeInstanceOf(ReactorBase);
  // @ts-expect-error a misspelt key
  expect(() => reactor.fire('startup')).toThrow(ReservedEventError);
});
