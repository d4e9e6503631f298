import {afterEach, beforeEach, describe, expect, it} from '@jest/globals';
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseAllDocuments} from 'yaml';

// The init container of a validator, as the chart renders it, with its paths moved.
const RENDERED = join(import.meta.dirname, '../../deploy/helm/vitalvault/examples/dev/rendered/validators.yaml');

interface Container {
  name: string;
  command: string[];
  env: {name: string; value?: string; valueFrom?: unknown}[];
}
const home = parseAllDocuments(readFileSync(RENDERED, 'utf8'))
  .map((document) => document.toJS() as {kind: string; spec: {template: {spec: {initContainers: Container[]}}}})
  .filter(({kind}) => kind === 'StatefulSet')[0]
  ?.spec.template.spec.initContainers.find(({name}) => name === 'home');
const script = home?.command.at(-1) ?? '';
const NOW = Math.floor(Date.now() / 1_000);

let dir: string;
const file = (): string => join(dir, 'data/cometbft/data/priv_validator_state.json');
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vv-sign-state-'));
  mkdirSync(join(dir, 'config'));
  writeFileSync(join(dir, 'config/config.toml'), '');
});
afterEach(() => {
  rmSync(dir, {recursive: true});
});

interface Given {
  signedUpTo?: string;
  signedUpToBefore?: number;
  unsignedUntil?: number;
}

function run({signedUpTo = '', signedUpToBefore, unsignedUntil}: Given): {status: number | null; stderr: string} {
  const text = script.replace(/(^|[ =])\/(data|config)\//gm, `$1${dir}/$2/`);
  const env = {
    PATH: process.env.PATH ?? '',
    PEERS: '',
    SIGNED_UP_TO: signedUpTo,
    SIGNED_UP_TO_BEFORE: signedUpTo === '' ? '' : String(signedUpToBefore ?? NOW + 3_600),
    ...(unsignedUntil !== undefined && {UNSIGNED_UNTIL: String(unsignedUntil)}),
  };
  return spawnSync('sh', ['-ec', text], {env, encoding: 'utf8'});
}
const written = (): unknown => JSON.parse(readFileSync(file(), 'utf8'));

describe("the record of what a validator signed, in the chart's init container", () => {
  it('is empty for a key that has just been made', () => {
    expect(run({unsignedUntil: NOW + 60}).status).toBe(0);
    expect(written()).toEqual({height: '0', round: 0, step: 0});
  });

  it.each([
    ['a restored key', {}],
    ['a volume that is lost later', {unsignedUntil: NOW - 1}],
    ['a word in the values whose time is over', {signedUpTo: '1234', signedUpToBefore: NOW - 1}],
    ['a word that it never signed, whose time is over', {signedUpTo: '0', signedUpToBefore: NOW - 1}],
  ])('is not made for %s: the pod stops and says what to do', (_what, given) => {
    const {status, stderr} = run(given);
    expect([status, stderr]).toEqual([1, expect.stringContaining('--set validators.signedUpTo=HEIGHT')]);
    expect(existsSync(file())).toBe(false);
  });

  it('signs nothing up to the height that the values name, in no round', () => {
    expect(run({signedUpTo: '1234'}).status).toBe(0);
    expect(written()).toEqual({height: '1234', round: 2_147_483_647, step: 3});
  });

  it('is empty for a key of which the values say that it never signed', () => {
    expect(run({signedUpTo: '0', unsignedUntil: NOW - 1}).status).toBe(0);
    expect(written()).toEqual({height: '0', round: 0, step: 0});
  });

  it('is never touched when it is there', () => {
    mkdirSync(join(dir, 'data/cometbft/data'), {recursive: true});
    writeFileSync(file(), '{"height":"77","round":1,"step":2}\n');
    for (const given of [{}, {signedUpTo: '5'}, {signedUpTo: '0'}, {unsignedUntil: NOW + 60}]) {
      expect(run(given).status).toBe(0);
      expect(written()).toEqual({height: '77', round: 1, step: 2});
    }
  });

  it('asks the ConfigMap of the consortium, which a release without the entry may lack', () => {
    expect(home?.env.find(({name}) => name === 'UNSIGNED_UNTIL')?.valueFrom).toEqual({
      configMapKeyRef: {name: expect.stringMatching(/-consortium$/), key: 'unsigned-until-0', optional: true},
    });
    expect(home?.env.find(({name}) => name === 'SIGNED_UP_TO')?.value).toBe('');
  });
});
