/** Test runners with a service that is started and stopped inside a test. */
import assert from 'node:assert/strict';

/** How each runner is started, and how it tells that some tests passed. */
const runners = [
  {
    name: 'node --test',
    command: (_scenario, file) => [process.execPath, '--test', `runners/${file}.node.mjs`],
    passed: (count) => new RegExp(`^. pass ${count}$`, 'm'),
  },
  {
    name: 'mocha',
    command: (scenario, file) => [scenario.tool('mocha'), '--timeout', '40000', `runners/${file}.mocha.mjs`],
    passed: (count) => new RegExp(`^ *${count} passing`, 'm'),
  },
  {
    name: 'jest',
    command: (scenario, file) => [
      process.execPath,
      '--experimental-vm-modules',
      scenario.tool('jest'),
      `runners/${file}.jest.test.js`,
    ],
    passed: (count) => new RegExp(`^Tests: .*\\b${count} passed`, 'm'),
  },
  {
    name: 'vitest',
    command: (scenario, file) => [scenario.tool('vitest'), 'run', `runners/${file}.vitest.test.js`],
    passed: (count) => new RegExp(`^ *Tests .*\\b${count} passed`, 'm'),
  },
];

const within = runners.flatMap(({ name, command, passed }) =>
  ['passes', 'fails'].map((file) => ({
    name: `N11: ${name}: after a service that a test started and stopped, all other tests run, and ${file === 'fails' ? 'one that fails fails the run' : 'the run passes'}`,
    async run(scenario) {
      const [program, ...args] = command(scenario, file);
      const { status, output } = await scenario.run(program, args);
      assert.ok(passed(3).test(output), 'three tests are told to have passed');
      assert.deepEqual([file, status !== 0], [file, file === 'fails']);
    },
  })),
);

const byDefault = {
  name: 'N11: node --test: so it is after the default deadline of 25 s',
  isIdle: true,
  async run(scenario) {
    const { status, output } = await scenario.run(process.execPath, ['--test', 'runners/long.node.mjs']);
    assert.ok(/^. pass 3$/m.test(output), 'three tests are told to have passed');
    assert.equal(status, 0);
  },
};

export const runnerTests = [byDefault, ...within];
