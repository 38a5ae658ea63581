import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bundle } from './cluster/bundle.ts';
import { ClusterProgram } from './cluster/cluster-program.ts';
import { controls } from './cluster/controls.ts';
import { endings } from './cluster/endings.ts';
import { failures } from './cluster/failures.ts';
import { kills } from './cluster/kills.ts';
import { mistakes } from './cluster/mistakes.ts';
import { reloads } from './cluster/reloads.ts';
import { reports } from './cluster/reports.ts';
import { starts } from './cluster/starts.ts';
import { surprises } from './cluster/surprises.ts';
import type { ClusterKit } from './cluster/kit.ts';

jest.setTimeout(90_000);

const bundle = new Bundle();
const programs: ClusterProgram[] = [];
let written = 0;
beforeAll(() => bundle.build());
afterEach(() => {
  for (const program of programs.splice(0)) program[Symbol.dispose]();
});
afterAll(() => bundle[Symbol.dispose]());

const kit: ClusterKit = {
  it: test,
  expect,
  start: async (options, start) => {
    const program = await ClusterProgram.start(bundle, options, start);
    programs.push(program);
    return program;
  },
  program: (text, name = `program-${++written}.mjs`) => {
    const file = join(bundle.folder, name);
    writeFileSync(file, text);
    return file;
  },
  running: async (options, start) => {
    const program = await kit.start(options, start);
    await program.line('running');
    return program;
  },
};

for (const [title, section] of Object.entries({
  starts,
  reloads,
  reports,
  failures,
  kills,
  endings,
  mistakes,
  controls,
  surprises,
}))
  describe(title, () => section(kit));
