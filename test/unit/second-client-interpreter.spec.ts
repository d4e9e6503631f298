import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';

const INTERPRETER = join(import.meta.dirname, '../second-client/interpreter.ts');

// As the real one it fails where another makes or takes away the same files; `PIP` says how its pip ends.
const PYTHON = `#!/bin/sh
[ "$2" = venv ] || exit 9
mkdir "$3/bin" || exit 1
echo $$ > "$3/bin/maker"
sleep 0.3
[ "$(cat "$3/bin/maker")" = $$ ] || exit 1
printf '#!/bin/sh\\nsleep 0.3\\nexit $PIP\\n' > "$3/bin/python"
chmod +x "$3/bin/python"
`;

describe("the second client's Python", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'vv-python-'));
    mkdirSync(join(dir, 'bin'));
    writeFileSync(join(dir, 'bin', 'python3'), PYTHON, {mode: 0o755});
  });
  afterEach(() => {
    rmSync(dir, {recursive: true});
  });

  async function interpreter(pip = 0): Promise<{code: number; said: string}> {
    const run = `const {interpreter} = await import(${JSON.stringify(INTERPRETER)}); console.log(interpreter());`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', run], {
      env: {PATH: [join(dir, 'bin'), process.env['PATH']].join(delimiter), XDG_CACHE_HOME: dir, PIP: String(pip)},
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += String(text)));
    const [code] = (await once(child, 'close')) as [number];
    return {code, said: said.trim()};
  }
  const made = () => readdirSync(join(dir, 'vitalvault'));

  it('is made once, also when two want it at the same time', async () => {
    const both = await Promise.all([interpreter(), interpreter()]);
    expect(both.map(({code}) => code)).toEqual([0, 0]);
    const [path = ''] = both.map(({said}) => said.split('\n').at(-1) ?? '');
    expect(existsSync(path)).toBe(true);
    expect(made()).toHaveLength(1);
  });

  it('is not there by half: what could not be installed is made anew', async () => {
    const failed = await interpreter(1);
    expect([failed.code, failed.said]).toEqual([1, expect.stringContaining('pip could not install')]);
    expect(made()).toEqual([]);
    expect((await interpreter()).code).toBe(0);
  });
});
