/** Test runners, with a test that starts and stops a service in their process. */
import assert from 'node:assert/strict';

/** For each runner, the command that runs a file, and the line in its output for `count` passed tests. */
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

const withShortDeadline = runners.flatMap(({ name, command, passed }) =>
  ['passes', 'fails'].map((file) => ({
    name: `N11: ${name}: after a test has started and stopped a service, the other tests run, and ${file === 'fails' ? 'a failed test makes the run fail' : 'the run passes'}`,
    async run(scenario) {
      const [program, ...args] = command(scenario, file);
      const { status, output } = await scenario.run(program, args);
      assert.ok(passed(3).test(output), 'the runner prints that three tests have passed');
      assert.deepEqual([file, status !== 0], [file, file === 'fails']);
    },
  })),
);

const withDefaultDeadline = {
  name: 'N11: node --test: after a test has started and stopped a service, the other tests run, also after the default deadline of 25 s',
  isIdle: true,
  async run(scenario) {
    const { status, output } = await scenario.run(process.execPath, ['--test', 'runners/long.node.mjs']);
    assert.ok(/^. pass 3$/m.test(output), 'the runner prints that three tests have passed');
    assert.equal(status, 0);
  },
};

export const runnerTests = [withDefaultDeadline, ...withShortDeadline];
