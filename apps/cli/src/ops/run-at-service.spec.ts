import {runAtService} from './run-at-service.js';
import type {ServiceProgram, Start, Where} from './run-at-service.js';

/** What is started for a program of storage's, with the answers of what is started, in their order. */
async function started(
  where: Where,
  answers: readonly {code: number; output?: string}[],
  {terminal = false, program = 'dead-letters'}: {terminal?: boolean; program?: ServiceProgram['program']} = {},
) {
  const calls: string[][] = [];
  const start: Start = (command, args) => {
    const answer = answers[calls.length] ?? {code: 0};
    calls.push([command, ...args]);
    return Promise.resolve({output: '', ...answer});
  };
  const code = await runAtService({service: 'storage', program, args: ['delete', '--by', 'Ada Example']}, where, {
    start,
    terminal,
    launcher: '/clone/launcher.js',
  });
  return {calls, code};
}

const FOUND = {code: 0, output: 'deployment.apps/vv-vitalvault-storage\n'};

describe('runAtService', () => {
  it('runs it in the pod of the release, its arguments as they are, and ends as it does', async () => {
    const {calls, code} = await started({release: 'vv', namespace: 'hospital'}, [FOUND, {code: 3}]);
    expect(code).toBe(3);
    expect(calls[0]?.slice(0, 4)).toEqual(['kubectl', '--namespace', 'hospital', 'get']);
    expect(calls[0]).toContain('app.kubernetes.io/instance=vv,app.kubernetes.io/component=storage');
    expect(calls[1]).toEqual([
      ...['kubectl', '--namespace', 'hospital', 'exec', '--stdin', 'deployment.apps/vv-vitalvault-storage', '--'],
      ...['node', 'apps/storage/dist/dead-letters.js', 'delete', '--by', 'Ada Example'],
    ]);
  });

  it('gives it this terminal where there is one', async () => {
    const {calls} = await started({release: 'vv', namespace: undefined}, [FOUND], {
      terminal: true,
      program: 'positions',
    });
    expect(calls[1]?.slice(0, 4)).toEqual(['kubectl', 'exec', '--stdin', '--tty']);
    expect(calls[1]).toContain('apps/storage/dist/positions.js');
  });

  it('starts nothing where there is no such release, and nobody is there when kubectl fails', async () => {
    await expect(started({release: 'no', namespace: undefined}, [{code: 0}])).rejects.toMatchObject({
      code: 'release-missing',
      exit: 2,
    });
    const {calls, code} = await started({release: 'vv', namespace: undefined}, [{code: 1}]);
    expect([calls.length, code]).toEqual([1, 3]);
  });

  it('runs it by the launcher of the clone for a system on this machine', async () => {
    const {calls, code} = await started({data: '/a dir'}, [{code: 1}]);
    expect(code).toBe(1);
    expect(calls).toEqual([
      [
        process.execPath,
        '/clone/launcher.js',
        'dead-letters',
        '--data',
        '/a dir',
        'storage',
        'delete',
        '--by',
        'Ada Example',
      ],
    ]);
  });
});
