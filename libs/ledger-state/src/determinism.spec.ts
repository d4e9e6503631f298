import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {build} from 'esbuild';
import fc from 'fast-check';
import {toHex} from '@vitalvault/contracts';
import {
  anchorRecords,
  DEFAULT_PARAMETERS,
  enrolPatient,
  epochStatement,
  PEOPLE,
  putGrant,
  recordEntry,
  registerDevice,
  registerMember,
  requestAccess,
  revokeGrant,
  skipEntry,
  tag,
  TEST_SLOT,
  testGenesis,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';
import {sizeOf} from './overlay.js';

const {patient, recovery, clinician, device, stranger, strangerRecovery} = PEOPLE;
const hospital = testOrganisation('hospital');
const clinic = testOrganisation('clinic');
const people = {patient, device, custodian: hospital};
/** Small buckets, so that quotas decide something. */
const PARAMETERS = {
  ...DEFAULT_PARAMETERS,
  rights: {burst: 5, refill: 1, seconds: 1},
  accessRequests: {burst: 4, refill: 1, seconds: 1},
  refusals: {burst: 2, refill: 1, seconds: 3},
  // Full again in the next block, where others' questions take it out.
  requests: {burst: 3, refill: 3, seconds: 1},
  organisationRequests: {burst: 4, refill: 4, seconds: 1},
  organisationRefusals: {burst: 3, refill: 1, seconds: 2},
  deviceEntries: {burst: 6, refill: 2, seconds: 1},
};
const genesis = testGenesis(['hospital', 'clinic'], PARAMETERS);

const maker = new TestLedger(genesis);
const sequences = [1n, 2n, 3n, 5n, 1_030n];
/** Transactions of every kind, good and bad; a chain is any sequence of them, with repetitions. */
const pool = [
  maker.tx(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]),
  maker.tx(enrolPatient(stranger, strangerRecovery), [clinic.sponsor, stranger, strangerRecovery]),
  maker.tx(enrolPatient(clinician, strangerRecovery), [clinic.sponsor, clinician, strangerRecovery]),
  maker.tx(registerMember(hospital, clinician), [hospital.sponsor, clinician]),
  maker.tx({case: 'suspendMember', value: {organisation: hospital.id, member: clinician.id}}, [hospital.admin]),
  maker.tx(registerDevice(patient, device), [patient, device]),
  maker.tx(registerDevice(stranger, device), [stranger, device]),
  maker.tx({case: 'removeDevice', value: {owner: patient.id, device: device.id, registration: 1}}, [patient]),
  maker.tx(
    {
      case: 'publishKeys',
      value: {
        identity: patient.id,
        epochStatements: [epochStatement(patient), epochStatement(patient, {epoch: 2, fromSlot: TEST_SLOT})],
      },
    },
    [patient],
  ),
  maker.tx(putGrant(patient.id, clinician.id, {maxReads: 2}), [patient]),
  maker.tx(putGrant(patient.id, hospital.id, {version: 2}), [patient]),
  maker.tx(putGrant(patient.id, hospital.id, {grantId: tag(2)}), [patient]),
  maker.tx(revokeGrant(patient.id), [patient]),
  ...[1, 2, 3, 4].map(() => maker.tx(requestAccess(patient.id), [clinician])),
  ...[1, 2].map(() => maker.tx(requestAccess(patient.id, {grantId: tag(2)}), [clinician])),
  maker.tx(requestAccess(patient.id), [stranger]),
  ...sequences.map((sequence) =>
    maker.tx(
      anchorRecords([
        recordEntry(people, {sequence}),
        skipEntry(people, {sequence: sequence + 1n}),
        recordEntry(people, {sequence}, stranger),
      ]),
      [hospital.storage],
    ),
  ),
  Uint8Array.of(1, 2, 3),
];
const chains = fc.array(fc.array(fc.nat(pool.length - 1), {maxLength: 12}), {minLength: 1, maxLength: 6});
type Chain = number[][];

/** App hash and results after every block: what validators must agree on. */
function outcome(chain: Chain): string[] {
  const ledger = new TestLedger(genesis);
  return chain.map((block) => {
    const {results} = ledger.commit(block.map((index) => pool[index] as Uint8Array));
    return [toHex(ledger.appHash), ...results.map(({code, data}) => `${code}:${toHex(data)}`)].join(' ');
  });
}

/** The same in a process of its own: another time zone, another language, other sources of chance. */
async function outcomesElsewhere(all: Chain[]): Promise<string[][]> {
  const program = `
    import {toHex, fromHex} from '@vitalvault/contracts';
    import {TestLedger} from '../testing/index.js';
    import {readFileSync} from 'node:fs';
    const {genesis, pool, chains} = JSON.parse(readFileSync(0, 'utf8'));
    console.log(JSON.stringify(chains.map((chain) => {
      const ledger = new TestLedger(fromHex(genesis));
      return chain.map((block) => {
        const {results} = ledger.commit(block.map((index) => fromHex(pool[index])));
        return [toHex(ledger.appHash), ...results.map(({code, data}) => code + ':' + toHex(data))].join(' ');
      });
    })));`;
  const {outputFiles} = await build({
    stdin: {contents: program, resolveDir: import.meta.dirname},
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    conditions: ['source'],
  });
  const dir = mkdtempSync(join(tmpdir(), 'vv-determinism-'));
  try {
    writeFileSync(join(dir, 'program.mjs'), outputFiles[0]?.text ?? '');
    const child = spawnSync(process.execPath, [join(dir, 'program.mjs')], {
      input: JSON.stringify({genesis: toHex(genesis), pool: pool.map(toHex), chains: all}),
      env: {TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8'},
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    expect(child.stderr).toBe('');
    return JSON.parse(child.stdout) as string[][];
  } finally {
    rmSync(dir, {recursive: true});
  }
}

test('the same transactions give the same app hashes and results in two instances and in another process', async () => {
  const seen: Chain[] = [];
  const here: string[][] = [];
  fc.assert(
    fc.property(chains, (chain) => {
      const first = outcome(chain);
      expect(outcome(chain)).toEqual(first);
      seen.push(chain);
      here.push(first);
    }),
    {numRuns: 25},
  );
  // One chain that is sure to do everything.
  const whole = [[0, 1, 3], [5, 8, 9], pool.map((_, index) => index), pool.map((_, index) => index).reverse()];
  seen.push(whole);
  here.push(outcome(whole));
  expect(await outcomesElsewhere(seen)).toEqual(here);
});

test('how transactions are cut into blocks decides only where it must', () => {
  // Same order, other blocks: heights differ in leaves and buckets, but codes of what has no quota are the same.
  const [one, many] = [outcome([[0, 3, 9, 13]]), outcome([[0], [3], [9], [13]])];
  expect(
    one[0]
      ?.split(' ')
      .slice(1)
      .map((result) => result.split(':')[0]),
  ).toEqual(many.map((block) => block.split(' ')[1]?.split(':')[0]));
});

test('the app hash is that of the whole state, rebuilt from nothing', () => {
  const ledger = new TestLedger(genesis);
  for (const block of [
    [0, 1, 3],
    [5, 8, 9],
    [13, 14, 19, 20],
  ])
    ledger.commit(block.map((index) => pool[index] as Uint8Array));
  expect(toHex(ledger.state.rebuiltRoot())).toBe(toHex(ledger.appHash));
  expect(sizeOf(ledger.state)).toMatchObject(ledger.state.count());
});
