/** Page code under test runners with a DOM but without a browser: jsdom and happy-dom. */
import assert from 'node:assert/strict';

const runners = [
  {
    name: 'jest-environment-jsdom',
    command: (scenario) => [
      process.execPath,
      '--experimental-vm-modules',
      scenario.tool('jest'),
      'dom/jsdom.jest.test.js',
    ],
    passed: /^Tests: .*\b3 passed, 3 total/m,
  },
  ...['jsdom', 'happy-dom'].map((dom) => ({
    name: `vitest with ${dom}`,
    command: (scenario) => [scenario.tool('vitest'), 'run', `dom/${dom}.vitest.test.js`],
    passed: /^ *Tests .*\b3 passed \(3\)/m,
  })),
];

export const domTests = runners.map(({ name, command, passed }) => ({
  name: `B19: ${name}: a BrowserReactor runs and stops, fake timers stop its calls until they are advanced, and the runner ends`,
  async run(scenario) {
    const [program, ...args] = command(scenario);
    const { status, output } = await scenario.run(program, args);
    assert.ok(passed.test(output), 'the runner prints that three tests have passed');
    assert.equal(status, 0);
  },
}));
