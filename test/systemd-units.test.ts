import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocksOf } from './docs-blocks.ts';

const inCI = !['', '0', 'false', undefined].includes(process.env['CI']);
const hasVerifier = spawnSync('systemd-analyze', ['--version']).error === undefined || inCI;

/** The units of the page, with their file names. ExecStart is the Node that runs this test. */
const units = blocksOf('docs/systemd.md')
  .filter(({ language }) => language === 'ini')
  .map(({ code }) => ({
    name: /^# \/etc\/systemd\/system\/(\S+)$/m.exec(code)?.[1] ?? '',
    text: code.replace(/^(ExecStart=)\S+/m, `$1${process.execPath}`),
  }));

(hasVerifier ? describe : describe.skip)('the units of docs/systemd.md', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'triphase-units-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs `systemd-analyze verify` on the units. It only reads them. */
  function verify(change: (text: string) => string = (text) => text): { status: number | null; said: string } {
    for (const { name, text } of units) writeFileSync(join(folder, name), change(text));
    const files = units.map(({ name }) => join(folder, name));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], { encoding: 'utf8' });
    const said = stderr.split('\n').filter((line) => line.includes(folder) || line.includes('shop.'));
    return { status, said: said.join('\n') };
  }

  test('N19: systemd-analyze verify reports nothing', () => {
    expect(units.map(({ name }) => name)).toEqual(['shop.service', 'shop.socket']);
    expect(verify()).toEqual({ status: 0, said: '' });
  });

  test('systemd-analyze verify reports a key that systemd does not know', () => {
    expect(verify((text) => text.replace('TimeoutStopSec', 'TimeoutStopSeconds')).said).toContain('TimeoutStopSeconds');
  });
});
