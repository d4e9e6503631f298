import {spawn} from 'node:child_process';
import {copyFileSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, it} from '@jest/globals';
import {inDatabase, thePlatform} from './platform/platform.js';

const VV = join(import.meta.dirname, '../../apps/cli/dist/main.js');

interface Checked {
  holds: boolean;
  tookMs: number;
  sentences: {sentence: string; holds: boolean; instead?: string}[];
}

describe('vv check, as `helm test` runs it: with endpoints that do not say whose they are, and the sponsor key', () => {
  const {data, endpoints} = thePlatform();
  const {chainId, services, validators} = endpoints as typeof endpoints & {validators: {rpc: string}[]};
  const dir = mkdtempSync(join(tmpdir(), 'vv-check-'));
  afterAll(() => {
    rmSync(dir, {recursive: true});
  });

  const SPONSOR = ['--sponsor-key', join(data, 'org/0/sponsor.key.json')];

  async function check(
    rpcs: readonly string[],
    by: readonly string[] = SPONSOR,
  ): Promise<{exit: number | null; checked: Checked}> {
    copyFileSync(join(data, 'genesis.json'), join(dir, 'genesis.json'));
    writeFileSync(
      join(dir, 'endpoints.json'),
      JSON.stringify({chainId, services, validators: rpcs.map((rpc) => ({rpc}))}),
    );
    const child = spawn(
      process.execPath,
      ['--no-warnings', VV, 'check', '--endpoints', join(dir, 'endpoints.json'), ...by, '--json'],
      {stdio: ['ignore', 'pipe', 'inherit']},
    );
    let out = '';
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString('utf8');
    });
    const exit = await new Promise<number | null>((resolve) => {
      child.on('close', resolve);
    });
    return {exit, checked: JSON.parse(out) as Checked};
  }

  it('holds, in at most 30 seconds', async () => {
    const {exit, checked} = await check(validators.map(({rpc}) => rpc));
    expect(checked.sentences.filter(({holds}) => !holds)).toEqual([]);
    expect([exit, checked.holds, checked.sentences.length]).toEqual([0, true, 13]);
    expect(checked.tookMs).toBeLessThan(30_000);
  });

  it('looks only, and nothing is on the ledger that was not there before', async () => {
    const written = async (): Promise<number> =>
      inDatabase(thePlatform(), 'policy', async (client) => {
        const {rows} = await client.query<{count: string}>('SELECT count(*) FROM members');
        return Number(rows[0]?.count);
      });
    const before = await written();
    const {exit, checked} = await check(
      validators.map(({rpc}) => rpc),
      ['--read-only'],
    );
    expect(checked.sentences.filter(({holds}) => !holds)).toEqual([]);
    expect([exit, checked.holds, checked.sentences.length]).toEqual([0, true, 7]);
    expect(await written()).toBe(before);
  });

  it('does not, where one validator cannot be asked, and says so', async () => {
    const {exit, checked} = await check([...validators.slice(1).map(({rpc}) => rpc), 'http://127.0.0.1:9']);
    expect([exit, checked.holds]).toEqual([1, false]);
    expect(checked.sentences).toMatchObject([
      {sentence: 'all validators agree on the app hash of one height', holds: false},
    ]);
  });
});
