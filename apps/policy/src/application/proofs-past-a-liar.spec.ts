import {STATE_KIND, decodeCanonical, toHex} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DomainError} from '@vitalvault/errors';
import {PEOPLE, enrolPatient, registerDevice, testOrganisation} from '@vitalvault/ledger-state/testing';
import {verifyAnswer, verifySignedHeader} from '@vitalvault/light-client';
import {FakeChain} from '../../test/support/fake-chain.js';
import {CometLedgerSource} from '../adapters/ledger/comet-ledger-source.js';
import {AnswerProofs} from './answer-proofs.js';
import {GetHeader} from './get-header.js';
import {ProofQuota} from './proof-quota.js';

const {patient, recovery, device} = PEOPLE;
const QUESTION = {
  keys: [{kind: STATE_KIND.patient, parts: [patient.id]}],
  logs: [{kind: STATE_KIND.accessLog, patient: patient.id, from: 0n, limit: 10}],
};

/** What the first of four nodes does, and whether it is left for it by proofs, and by headers. */
const LIES: readonly (readonly [string, (liar: FakeChain) => void, {proofs: boolean; headers: boolean}])[] = [
  ['gives no header', (it) => (it.tamper.header = () => '{}'), {proofs: true, headers: true}],
  ['alters its headers', (it) => (it.tamper.header = (json) => json.replace(/A/g, 'B')), {proofs: true, headers: true}],
  [
    'says that there is no header',
    (it) => (it.lightBlock = () => Promise.reject(new DomainError('not-found'))),
    {proofs: true, headers: false},
  ],
  ['withholds', (it) => (it.tamper.proofs = (all) => ({...all, states: []})), {proofs: true, headers: false}],
  [
    'refuses every question',
    (it) => (it.proofs = () => Promise.reject(new DomainError('invalid-field'))),
    {proofs: true, headers: false},
  ],
  ['is away', (it) => (it.away = true), {proofs: false, headers: false}],
  ['is what it should be', () => undefined, {proofs: false, headers: false}],
];

function behind(first: FakeChain, chain: FakeChain) {
  const left: string[] = [];
  const nodes = [first, chain.lagging(), chain.lagging(), chain.lagging()].map((node, i) =>
    Object.assign(node, {url: `http://node-${i}`}),
  );
  const client = Object.assign(Object.create(first) as FakeChain, {
    inTurn: () => nodes,
    demote: (url: string) => void left.push(url),
    passOver: (url: string) => void left.push(url),
  });
  const {trust} = chain.validatorSet;
  const ledger = new CometLedgerSource(client as never, [], trust);
  const projection = {position: async () => ({height: chain.ledger.block.height, timeSeconds: 0n})};
  return {
    left,
    trust,
    proofs: new AnswerProofs({trust}, {ledger, projection, quota: new ProofQuota(() => 0)}),
    header: new GetHeader({ledger, projection}),
  };
}

function grown(): FakeChain {
  const chain = new FakeChain(1_704_067_200n);
  chain.run(enrolPatient(patient, recovery), [testOrganisation('hospital').sponsor, patient, recovery]);
  for (let i = 0; i < 4; i++) chain.commit([]);
  return chain;
}

describe('what is asked of no validator by name, when the first', () => {
  it.each(LIES)('%s, is proven by the next', async (_what, lie, leaves) => {
    const chain = grown();
    const liar = chain.lagging();
    lie(liar);
    const {proofs, left, trust} = behind(liar, chain);
    const {proof, signedHeader} = await proofs.execute(toHex(patient.id), QUESTION, {});
    const response = decodeCanonical(ProofResponseSchema, proof);
    const verdict = verifyAnswer({request: QUESTION, response, signedHeader}, trust, {clock: 'any-time'});
    expect(verdict).toMatchObject({ok: true, answer: {logs: [{indexes: [0n]}]}});
    expect(left).toEqual(leaves.proofs ? ['http://node-0'] : []);
  });

  it.each(LIES)('%s, is a header of the next', async (_what, lie, leaves) => {
    const chain = grown();
    const liar = chain.lagging();
    lie(liar);
    const {header, left, trust} = behind(liar, chain);
    for (const height of ['latest', 2n] as const)
      expect(verifySignedHeader(await header.execute(height, {}), trust, 'any-time')).toMatchObject({
        ok: true,
        header: {height: height === 'latest' ? chain.ledger.block.height : height},
      });
    expect(new Set(left)).toEqual(new Set(leaves.headers ? ['http://node-0'] : []));
    await expect(header.execute(99n, {})).rejects.toMatchObject({code: 'not-found'});
  });

  it('shows the chain as it was, is of now', async () => {
    const chain = grown();
    const old = chain.lagging();
    chain.run(registerDevice(patient, device), [patient, device]);
    for (let i = 0; i < 3; i++) chain.commit([]);
    const {proofs, header, trust} = behind(old, chain);
    const newest = verifySignedHeader(await header.execute('latest', {}), trust, 'any-time');
    expect(newest).toMatchObject({header: {height: chain.ledger.block.height}});
    const {proof} = await proofs.execute(toHex(patient.id), QUESTION, {});
    expect(decodeCanonical(ProofResponseSchema, proof).height).toBe(chain.ledger.block.height - 1n);
  });

  it('shows another header than that of the height, is left', async () => {
    const chain = grown();
    const liar = chain.lagging();
    liar.lightBlock = () => Promise.resolve(chain.header(3n) ?? '');
    const {header, left} = behind(liar, chain);
    expect(await header.execute(2n, {})).toBe(chain.header(2n));
    expect(left).toEqual(['http://node-0']);
  });

  it('and all others lie, is not answered', async () => {
    const chain = grown();
    chain.lagging = () => {
      const liar = new FakeChain(1n);
      liar.commit([]);
      return Object.assign(liar, {tamper: {header: () => '{}'}});
    };
    const {header, proofs} = behind(chain.lagging(), chain);
    await expect(header.execute('latest', {})).rejects.toMatchObject({code: 'ledger-unavailable'});
    await expect(proofs.execute(toHex(patient.id), QUESTION, {})).rejects.toMatchObject({code: 'ledger-unavailable'});
  });
});
