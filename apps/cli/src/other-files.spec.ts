import {mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {LIMITS} from '@vitalvault/contracts';
import {testGenesis} from '@vitalvault/ledger-state/testing';
import {Home} from './actor/home.js';
import {writePoints, writeReadings} from './clinician/readings-file.js';
import {paperHex, writePaper} from './exchange.js';
import {Session} from './session.js';

const CHAIN = 'vitalvault-0a1b2c';
const GENESIS = JSON.stringify({
  chain_id: CHAIN,
  genesis_time: '2026-01-01T00:00:00Z',
  consensus_params: {
    block: {max_bytes: String(LIMITS.cometBlockBytes)},
    evidence: {max_bytes: String(LIMITS.cometEvidenceBytes)},
  },
  app_state: Buffer.from(testGenesis(['hospital'])).toString('base64'),
});
const TAKEN = expect.objectContaining({code: 'file-taken'});

describe("what is somebody else's", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'vv-others-'));
  });
  afterEach(() => {
    rmSync(dir, {recursive: true});
  });

  it.each([
    ['a genesis', '{"chain_id":"vitalvault-0a1b2c"}'],
    ['a key', '{"alg":1,"privateKey":"00"}'],
    ['a paper of another kind', '{"paper":"device-card"}'],
    ['a text', 'Dear Anna'],
    ['an empty file', ''],
  ])('%s is not written over by --out', (_what, content) => {
    const file = join(dir, 'file.json');
    writeFileSync(file, content);
    expect(() => {
      writePaper(file, 'patient-card', {});
    }).toThrow(TAKEN);
    expect(() => {
      writeReadings(file, []);
    }).toThrow(TAKEN);
    expect(() => {
      writePoints(file, []);
    }).toThrow(TAKEN);
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it.each(['anna', '', 'AB'.repeat(20), 'ab'.repeat(19), 7])('%j is no id of a paper', (patient) => {
    expect(() => paperHex({patient}, 'patient', 20)).toThrow(expect.objectContaining({code: 'paper-wrong'}));
  });

  it('an older paper of the same kind is', () => {
    const file = join(dir, 'card.json');
    writePaper(file, 'patient-card', {patient: 'a'});
    writePaper(file, 'patient-card', {patient: 'b'});
    expect(readFileSync(file, 'utf8')).toContain('"patient":"b"');
  });

  it.each(['system.json', 'endpoints.json', 'genesis.json', 'keys.json'])(
    'a folder with a %s becomes no home',
    async (name) => {
      writeFileSync(join(dir, name), 'of the system');
      const home = new Home(dir, () => Promise.resolve('a long passphrase'));
      await expect(home.create({kind: 'patient', id: 'a', chainId: 'c'}, {}, 'genesis')).rejects.toMatchObject({
        code: 'home-taken',
      });
      expect(readdirSync(dir)).toEqual([name]);
    },
  );

  describe('a genesis', () => {
    const session = (options = {}) =>
      new Session(options, {passphrase: undefined, dataDir: dir, colour: false, interactive: false, columns: 80});
    const endpointsOf = (chainId: string): void => {
      const services = {ingest: 'http://a', policy: 'http://a', storage: 'http://a', notify: 'http://a'};
      writeFileSync(join(dir, 'endpoints.json'), JSON.stringify({chainId, services, validators: []}));
    };

    it('is not trusted because it lies beside the endpoints of another ledger', () => {
      writeFileSync(join(dir, 'genesis.json'), GENESIS);
      endpointsOf('vitalvault-other');
      expect(() => session().genesisToPin()).toThrow(expect.objectContaining({code: 'systems-mixed'}));
      endpointsOf(CHAIN);
      expect(session().genesisToPin()).toBe(GENESIS);
    });

    it('is not left out of account when a home has another one', () => {
      const other = join(dir, 'other.json');
      writeFileSync(join(dir, 'genesis.json'), GENESIS);
      writeFileSync(other, GENESIS);
      expect(session({home: dir, genesis: other}).genesis()).toBe(GENESIS);
      writeFileSync(other, GENESIS.replace(CHAIN, 'vitalvault-other'));
      const mixed = {code: 'systems-mixed', message: expect.stringMatching(new RegExp(`${CHAIN}.*vitalvault-other`))};
      expect(() => session({home: dir, genesis: other}).genesis()).toThrow(expect.objectContaining(mixed));
      expect(session({home: dir}).genesis()).toBe(GENESIS);
    });

    it.each(['', '{', '{"chain_id":"a"}', '[]'])('that is none (%j) is no bug of vv', (text) => {
      const file = join(dir, 'g.json');
      writeFileSync(file, text);
      expect(() => session({genesis: file}).genesis()).toThrow(expect.objectContaining({code: 'genesis-invalid'}));
    });
  });
});
