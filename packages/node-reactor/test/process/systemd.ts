import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessKit } from './kit.ts';
import { lackingSystemd, NotifySocket } from './notify-socket.ts';

/** 200 ms, in microseconds: a beat every 100 ms. */
const WATCHDOG_USEC = '200000';

/** What a program tells systemd: N19. */
export function systemd(kit: ProcessKit): void {
  const { expect } = kit;
  const reason = lackingSystemd();

  function it(rule: string, body: (socket: NotifySocket, env: NodeJS.ProcessEnv) => Promise<void>): void {
    if (reason !== undefined) {
      kit.skip('N19', rule, reason);
      return;
    }
    kit.it('N19', rule, async () => {
      await using socket = await NotifySocket.open();
      await body(socket, { NOTIFY_SOCKET: socket.path });
    });
  }

  it('systemd is told that the program is ready, and that it stops', async (socket, env) => {
    const program = await kit.running('notifies', { env: { ...env, WATCHDOG_USEC: '60000000', WATCHDOG_PID: '1' } });
    await socket.heard('READY=1');
    const { status, lines, stderr } = await program.endBy('SIGTERM');
    await socket.heard('STOPPING=1');
    expect(socket.fields).toEqual(['READY=1', 'STOPPING=1 | EXTEND_TIMEOUT_USEC=15000000 | STATUS=stopping: SIGTERM']);
    // The variables are read when the run begins (C3), and then removed, so that no child process speaks for this one.
    expect([status, lines, stderr]).toEqual([
      0,
      ['constructed: true', 'runs: undefined undefined undefined', 'running', 'exit event 0'],
      '',
    ]);
  });

  it('systemd is told READY once the whole startup is over', async (socket, env) => {
    const program = kit.start('startsSlowlyUnderSystemd', { env });
    await program.line('starting');
    program.signal('SIGUSR2');
    await socket.heard('READY=1');
    expect(socket.fields).toEqual(['STATUS=not ready yet', 'READY=1']);
    await program.endBy('SIGTERM');
  });

  it('systemd is never told READY for a start that is stopped or fails', async (socket, env) => {
    const program = kit.start('startsSlowlyUnderSystemd', { env });
    await program.line('starting');
    program.signal('SIGTERM');
    await socket.heard('STOPPING=1');
    await program.endBy('SIGUSR2');
    await kit.start('failsToStartUnderSystemd', { env }).ended;
    await socket.heard('STOPPING=1 | EXTEND_TIMEOUT_USEC=15000000 | STATUS=stopping: startup-failed');
    expect(socket.fields.filter((fields) => fields.startsWith('READY'))).toEqual([]);
  });

  it('systemd is told RELOADING before the first trigger of a reload, and READY once the last one is over', async (socket, env) => {
    const program = await kit.running('reloadsUnderSystemd', { env });
    const ready = await socket.heard('READY=1');
    program.signal('SIGHUP');
    const reloading = await socket.heard('RELOADING=1');
    await program.line('SIGHUP 1');
    program.signal('SIGHUP');
    await program.line('SIGHUP 2');
    program.signal('SIGUSR2');
    while (socket.fields.filter((fields) => fields === 'READY=1').length < 2) await socket.next();
    const { status } = await program.endBy('SIGTERM');
    await socket.heard('STOPPING=1');
    const usec = Number(/MONOTONIC_USEC=(\d+)$/.exec(reloading.fields)?.[1]);
    expect([status, socket.fields]).toEqual([
      0,
      [
        'READY=1',
        `RELOADING=1 | MONOTONIC_USEC=${String(usec)}`,
        'STATUS=reloaded 1',
        'STATUS=reloaded 2',
        'READY=1',
        'STOPPING=1 | EXTEND_TIMEOUT_USEC=15000000 | STATUS=stopping: SIGTERM',
      ],
    ]);
    // systemd compares it with the time of its SIGHUP. On Bun the time in the message is exact to 10 ms only.
    expect([usec > ready.at, usec < reloading.at + 20_000]).toEqual([true, true]);
  });

  it('a stop that takes long asks for more time, and one field says what it waits for', async (socket, env) => {
    const program = await kit.running('drainsSlowly', { env });
    program.signal('SIGTERM');
    const { fields } = await socket.heard('EXTEND_TIMEOUT_USEC=');
    expect(fields.replace(/\d\.\d s/, 'n s')).toBe(
      String.raw`EXTEND_TIMEOUT_USEC=15000000 | STATUS=stopping, waiting for queue\nREADY=1\u0009X (before, n s)`,
    );
    expect((await program.endBy('SIGUSR2')).status).toBe(0);
  });

  it('a stop asks for no more time than the deadline allows, and for none without a deadline', async (socket, env) => {
    const statuses = [(await (await kit.running('drainsBriefly', { env })).endBy('SIGTERM')).status];
    await socket.heard('STOPPING=1 | EXTEND'); // what sends it outlives the program
    statuses.push((await (await kit.running('drainsForEver', { env })).endBy('SIGTERM')).status);
    await socket.heard('STOPPING=1 | STATUS');
    expect(statuses).toEqual([0, 0]);
    const [brief = '', endless] = socket.fields.filter((fields) => fields.startsWith('STOPPING'));
    const usec = Number(/USEC=(\d+)/.exec(brief)?.[1]);
    expect([usec > 6_000_000, usec <= 7_000_000, endless]).toEqual([
      true,
      true,
      'STOPPING=1 | STATUS=stopping: SIGTERM',
    ]);
  });

  it('a busy systemd delays neither the stop nor the end of the process, and is told of the stop later', async (socket, env) => {
    socket.pause();
    const program = await kit.running('notifies', { env });
    const { status, lines } = await program.endBy('SIGTERM');
    socket.resume();
    await socket.heard('STOPPING=1');
    expect([status, lines.at(-1), socket.fields.length <= 2]).toEqual([0, 'exit event 0', true]);
  });

  it('a beat is sent at half of WATCHDOG_USEC, and none while the thread is blocked', async (socket, env) => {
    const program = await kit.running('blocksUnderSystemd', { env: { ...env, WATCHDOG_USEC } });
    await socket.heard('WATCHDOG=1');
    program.signal('SIGUSR2');
    await socket.heard('STATUS=free');
    const { fields } = socket;
    const free = fields.indexOf('STATUS=free');
    const blocked = fields.slice(fields.indexOf('STATUS=blocked') + 1, free);
    // Some may have been on their way when the thread was blocked; twenty were due.
    expect([blocked.length <= 5, blocked.every((beat) => beat === 'WATCHDOG=1')]).toEqual([true, true]);
    while (socket.fields.lastIndexOf('WATCHDOG=1') < free) await socket.next();
    expect((await program.endBy('SIGTERM')).status).toBe(0);
    await socket.heard('STOPPING=1');
    expect(socket.fields[0]).toBe('READY=1');
  });

  for (const { what, WATCHDOG_PID, WATCHDOG_USEC: usec } of [
    { what: 'another process is watched', WATCHDOG_PID: '1', WATCHDOG_USEC: WATCHDOG_USEC },
    { what: 'WATCHDOG_USEC is no number', WATCHDOG_PID: undefined, WATCHDOG_USEC: 'soon' },
  ] as const) {
    it(`no beat is sent if ${what}`, async (socket, env) => {
      const { status } = await kit.start('livesForASecond', { env: { ...env, WATCHDOG_USEC: usec, WATCHDOG_PID } })
        .ended;
      await socket.heard('STOPPING=1');
      expect([status, socket.fields.includes('WATCHDOG=1')]).toEqual([0, false]);
    });
  }

  it('a reactor with signals: false tells systemd nothing', async (socket, env) => {
    const { status } = await kit.start('ownsNoSignals', { env }).ended;
    const { lines } = await kit.start('livesForASecond', { env }).ended; // its messages come after any of the first
    await socket.heard('STOPPING=1');
    expect([status, lines.length > 0, socket.fields.length]).toEqual([0, true, 2]);
  });

  it('runMain tells systemd too, and so does a NodeReactor alone, which removes the variables of systemd', async (socket, env) => {
    const { status, lines } = await kit.start('runsAloneUnderSystemd', { env }).ended;
    await socket.heard('STOPPING=1');
    expect([status, lines[1]]).toEqual([0, 'runs: false']);
    await kit.start('runsAScriptUnderSystemd', { env }).ended;
    while (socket.fields.length < 4) await socket.next();
    expect(socket.fields.map((fields) => fields.split(' | ')[0])).toEqual([
      'READY=1',
      'STOPPING=1',
      'READY=1',
      'STOPPING=1',
    ]);
  });

  it('a crash is not told as a stop, and the next run is told as READY again', async (socket, env) => {
    const program = await kit.running('crashesUnderSystemd', { env });
    await socket.heard('READY=1');
    program.signal('SIGUSR2');
    await program.line('crash');
    while (socket.fields.length < 2) await socket.next();
    expect([(await program.endBy('SIGTERM')).status, socket.fields.slice(0, 2)]).toEqual([0, ['READY=1', 'READY=1']]);
  });

  it('with two reactors systemd is told READY once both are ready, and STOPPING once both stop', async (socket, env) => {
    const program = await kit.running('twoReactorsUnderSystemd', { env });
    program.signal('SIGUSR2');
    await program.line('both run');
    await socket.heard('READY=1');
    program.signal('SIGUSR2');
    await program.line('first is over');
    const { status } = await program.endBy('SIGTERM');
    await socket.heard('STOPPING=1');
    expect([status, socket.fields.map((fields) => fields.split(' | ')[0])]).toEqual([
      0,
      ['STATUS=second starts', 'READY=1', 'STATUS=first is over', 'STOPPING=1'],
    ]);
  });

  it('a worker of a cluster tells systemd nothing', async (socket, env) => {
    const program = await kit.running('clusterUnderSystemd', { env });
    await socket.heard('READY=1');
    await program.endBy('SIGTERM');
    await socket.heard('STOPPING=1');
    expect(socket.fields.map((fields) => fields.split(' | ')[0])).toEqual(['READY=1', 'STOPPING=1']);
  });

  it('systemd-notify gets only the socket and PATH from the environment', async (socket, env) => {
    const folder = mkdtempSync(join(tmpdir(), 'triphase-path-'));
    try {
      const script = join(folder, 'systemd-notify');
      const PATH = `${folder}:${String(process.env['PATH'])}`;
      writeFileSync(
        script,
        `#!/bin/sh\nenv >${folder}/env\nPATH=${String(process.env['PATH'])} exec systemd-notify "$@"\n`,
        {
          mode: 0o755,
        },
      );
      const program = await kit.running('notifies', { env: { ...env, PATH, SECRET: 'x' } });
      await socket.heard('READY=1');
      const names = readFileSync(join(folder, 'env'), 'utf8')
        .split('\n')
        .map((line) => line.split('=')[0]!);
      expect(names.filter((name) => !['', '_', 'PWD', 'OLDPWD', 'SHLVL'].includes(name)).sort()).toEqual([
        'NOTIFY_SOCKET',
        'PATH',
      ]);
      await program.endBy('SIGTERM');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  for (const { what, bad, message } of [
    {
      what: 'a missing systemd-notify',
      bad: { PATH: '/nonexistent' },
      message: 'systemd hears nothing of this process: the program systemd-notify is not on its PATH',
    },
    {
      what: 'a socket that is not there',
      bad: { NOTIFY_SOCKET: '/nonexistent/notify' },
      message: 'systemd-notify failed: ',
    },
  ] as const) {
    it(`${what} is reported once and changes nothing`, async (_socket, env) => {
      const { status, stderr } = await kit.start('livesForASecond', { env: { ...env, WATCHDOG_USEC, ...bad } }).ended;
      expect([status, stderr.startsWith(message), stderr.trim().split('\n').length]).toEqual([0, true, 1]);
    });
  }

  it('systemd is told of the stop also if it sends its signal to systemd-notify, too', async (socket, env) => {
    const program = await kit.running('hangsUnderSystemd', { env });
    await socket.heard('READY=1');
    for (const pid of childrenOf(program.pid)) process.kill(pid, 'SIGTERM');
    const { status } = await program.endBy('SIGTERM');
    await socket.heard('STOPPING=1');
    expect(status).toBe(124);
  });
}

function childrenOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? [] : children.split(' ').map(Number);
}
