import { expect, jest, test } from '@jest/globals';
import { blocksOf } from './docs-blocks.ts';
import { PATIENCE, runInNode } from './docs-run.ts';

jest.setTimeout(PATIENCE);

const hooks = blocksOf('docs/browser.md').find(({ code }) => code.includes('function useReactor'))!;

/** Runs the hooks of docs/browser.md, followed by `program`, in Node. */
const runAfterHooks = (program: string): ReturnType<typeof runInNode> =>
  runInNode({
    ...hooks,
    mark: '',
    code: `
      import { createElement } from 'react';
      import { renderToString } from 'react-dom/server.edge';
      ${hooks.code}
      ${program}`,
  });

test('B14: a component that uses a reactor is rendered on a server without one, and the process ends', async () => {
  const { status, stdout, stderr } = await runAfterHooks(`
    function Board() {
      const reactor = useReactor({ whenHidden: 'pause' });
      useFrame(reactor, () => undefined);
      return createElement('p', null, reactor === undefined ? 'none yet' : 'a reactor');
    }
    console.log(renderToString(createElement(Board)));`);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '<p>none yet</p>\n', stderr: '' });
});

test('B14: a component that runs a reactor while it is rendered on a server fails with HostMissingError', async () => {
  const { status, stdout, stderr } = await runAfterHooks(`
    function Board() {
      void new BrowserReactor().run();
      return null;
    }
    try {
      renderToString(createElement(Board));
    } catch ({ name, code, message }) {
      console.log(name, code, message);
    }`);
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: expect.stringMatching(
      /^HostMissingError ERR_TRIPHASE_HOST_MISSING A BrowserReactor runs on a page or in a worker/,
    ),
    stderr: '',
  });
});
