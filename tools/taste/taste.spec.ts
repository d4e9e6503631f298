import {describe, expect, it} from '@jest/globals';
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {Narrator} from './narrator.js';
import {refusalOf} from './refusal-of.js';

const root = join(import.meta.dirname, '..', '..');
/** Node and what npm installed, and nothing else: no Go, no Java, no shell. */
const env = {PATH: join(root, 'node_modules', '.bin')};
const MAIN = ['--no-addons', '--disable-warning=ExperimentalWarning', 'tools/taste/main.ts'];

/** The story is bounded by its sentences, not by a clock. */
const PATIENCE_MS = 120_000;

function node(...args: string[]) {
  const {status, stdout, stderr} = spawnSync('node', args, {cwd: root, env, encoding: 'utf8'});
  const told = stdout.split('\n').map((line) => line.trim());
  const [ok, failed] = ['ok ', 'FAIL '].map((mark) => told.filter((line) => line.startsWith(mark)));
  return {status, text: stdout + stderr, ok: ok ?? [], failed: failed ?? []};
}

describe('make taste, with Node alone and native modules switched off', () => {
  it(
    'tells the whole story, and every sentence holds',
    () => {
      const {status, ok, failed, text} = node('tools/bootstrap.mjs', 'taste');
      expect({status, failed}).toEqual({status: 0, failed: []});
      expect(text).toContain(`${ok.length} sentence(s) held, 0 did not`);
      const sentences = [
        'she and her watch both signed',
        'a stranger who holds the watch itself is refused',
        'her note and the type of the readings stand in none',
        'the ledger refuses, and writes that down',
        'it is in her log before she who asked has a key',
        '130 readings opened, equal to what the watch measured',
        'one bit of the answer changed on its way: found',
        'the same question is refused from the next block on',
        'these entries, no fewer, give the root',
        'every attempt of this story is there, once, in its order',
        'the newest entry left out: caught',
        'another reader named for it: caught',
        'a header that two of four signed: caught',
      ];
      expect(sentences.filter((sentence) => !ok.some((line) => line.includes(sentence)))).toEqual([]);
      expect(text).toContain('What to try next');
    },
    PATIENCE_MS,
  );

  it(
    'ends with 1 when a sentence does not hold, and says which',
    () => {
      const {status, failed, text} = node(...MAIN, '--lie');
      expect(status).toBe(1);
      expect(failed).toHaveLength(2);
      expect(text).toContain('found: proof-invalid');
      expect(text).not.toContain('What to try next');
    },
    PATIENCE_MS,
  );

  it('tells its options, and refuses others', () => {
    expect(node(...MAIN, '--help')).toMatchObject({status: 0, text: expect.stringContaining('--lie')});
    expect(node(...MAIN, '--fast')).toMatchObject({status: 2, text: expect.stringContaining('No such option: --fast')});
  });

  it('would not load a native module: Node refuses them', () => {
    const load = "process.dlopen({exports: {}}, 'any.node')";
    expect(node('--no-addons', '--eval', load).text).toContain('ERR_DLOPEN_DISABLED');
  });
});

describe('the narrator', () => {
  it('counts what held and what did not', () => {
    const lines: string[] = [];
    const narrator = new Narrator((line) => lines.push(line));
    narrator.chapter('First');
    narrator.holds('is so', true);
    narrator.holds('is not', false, 'something else');
    expect([narrator.held, narrator.failed]).toEqual([1, 1]);
    expect(lines.join('\n')).toContain('FAIL is not\n         found: something else');
  });

  it('names a refusal by its code, and lets a fault of the program through', async () => {
    expect(await refusalOf(() => undefined)).toBeUndefined();
    expect(await refusalOf(() => Promise.reject(Object.assign(new Error(), {code: 'c', meta: {codeName: 'n'}})))).toBe(
      'n',
    );
    await expect(refusalOf(() => Promise.reject(new TypeError('bug')))).rejects.toThrow('bug');
  });
});
