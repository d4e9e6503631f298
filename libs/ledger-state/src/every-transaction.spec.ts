import {CODE, encodeCanonical, LIMITS} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import {BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {checkStructure} from './check-structure.js';
import {load, SLOTS} from './state-slots.js';
import {
  DEFAULT_PARAMETERS,
  enrolPatient,
  PEOPLE,
  putGrant,
  registerMember,
  replaceKey,
  requestAccess,
  revokeGrant,
  SAMPLE_MESSAGES,
  signDigest,
  signedBody,
  TEST_CHAIN,
  TEST_PORTS,
  testGenesis,
  testKey,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';
import type {TxParts} from '../testing/index.js';

const {patient, recovery, clinician, stranger, strangerRecovery} = PEOPLE;
const hospital = testOrganisation('hospital');
const clinic = testOrganisation('clinic');
const check = (bytes: Uint8Array) => checkStructure(bytes, TEST_CHAIN, TEST_PORTS);
const codeOf = (bytes: Uint8Array): number => {
  const checked = check(bytes);
  return checked.ok ? 0 : checked.code;
};

function begun(parameters = DEFAULT_PARAMETERS): TestLedger {
  const ledger = new TestLedger(testGenesis(['hospital', 'clinic'], parameters));
  expect(ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]).code).toBe(0);
  expect(ledger.run(registerMember(hospital, clinician), [hospital.sponsor, clinician]).code).toBe(0);
  return ledger;
}

describe('structure and signatures', () => {
  const ledger = new TestLedger();
  const good = ledger.tx(revokeGrant(patient.id), [patient]);
  const parts = {
    version: 1,
    chainId: TEST_CHAIN,
    nonce: 1n,
    expiresAtHeight: 9n,
    expiresAtTime: 9n,
    message: revokeGrant(patient.id),
  };
  const silent = incomplete(BodySchema, {...parts, message: {case: undefined}});
  const signed = (body: Partial<typeof parts>, signers = [patient]): Uint8Array =>
    signedBody(encodeCanonical(BodySchema, {...parts, ...body}), signers);

  test('a good one is taken, with its id, keys and lane', () => {
    expect(check(good)).toMatchObject({ok: true, rights: true, signingKeys: [patient.key]});
    expect(check(ledger.tx(requestAccess(patient.id), [clinician]))).toMatchObject({ok: true, rights: false});
  });

  test('tooLarge', () => {
    expect(codeOf(new Uint8Array(LIMITS.txBytes + 1))).toBe(CODE.tooLarge);
    expect(codeOf(new Uint8Array(LIMITS.txBytes))).toBe(CODE.undecodable);
  });

  test('undecodable: not canonical, unknown field, trailing bytes', () => {
    for (const bytes of [
      Uint8Array.of(0xff),
      Uint8Array.of(...good, 0),
      Uint8Array.of(...good, 0x78, 1),
      good.slice(0, -1),
    ]) {
      expect(codeOf(bytes)).toBe(CODE.undecodable);
    }
    // Nothing is the canonical encoding of an empty message, whose version is 0.
    expect(codeOf(new Uint8Array(0))).toBe(CODE.wrongVersion);
    // A body that is not canonical inside a canonical envelope.
    const body = encodeCanonical(BodySchema, parts);
    expect(codeOf(signedBody(Uint8Array.of(...body, 0xf8, 0x0f, 1), [patient]))).toBe(CODE.undecodable);
    // A reserved number is an unknown field.
    expect(codeOf(signedBody(Uint8Array.of(...encodeCanonical(BodySchema, silent), 0x9a, 0x01, 0), [patient]))).toBe(
      CODE.undecodable,
    );
  });

  test('wrongVersion and wrongChain', () => {
    expect(codeOf(signed({version: 2}))).toBe(CODE.wrongVersion);
    expect(codeOf(signed({chainId: 'another'}))).toBe(CODE.wrongChain);
  });

  test('invalidField: no message, no nonce, a signature of a wrong form', () => {
    expect(codeOf(signedBody(encodeCanonical(BodySchema, silent), [patient]))).toBe(CODE.invalidField);
    expect(codeOf(signed({nonce: 0n}))).toBe(CODE.invalidField);
    const body = encodeCanonical(BodySchema, parts);
    const signature = {alg: 1, publicKey: patient.key.publicKey, signature: new Uint8Array(64)};
    for (const bad of [
      {alg: 2},
      {publicKey: new Uint8Array(33)},
      {publicKey: patient.key.publicKey.slice(1)},
      {signature: new Uint8Array(63)},
    ]) {
      expect(codeOf(encodeCanonical(TxSchema, {body, signatures: [{...signature, ...bad}]}))).toBe(CODE.invalidField);
    }
  });

  test('wrongSigners: too few, too many, another order, another key', () => {
    expect(codeOf(encodeCanonical(TxSchema, {body: encodeCanonical(BodySchema, parts), signatures: []}))).toBe(
      CODE.wrongSigners,
    );
    expect(codeOf(signed({}, [patient, patient]))).toBe(CODE.wrongSigners);
    const enrol = {message: enrolPatient(patient, recovery)};
    const {sponsor} = hospital;
    expect(codeOf(signed(enrol, [sponsor, patient, recovery]))).toBe(0);
    const wrong = [[sponsor], [sponsor, patient], [patient, sponsor, recovery], [sponsor, recovery, patient]];
    for (const signers of [...wrong, [sponsor, patient, stranger], [sponsor, patient, recovery, recovery]])
      expect(codeOf(signed(enrol, signers))).toBe(CODE.wrongSigners);
  });

  test('badSignature: of another body, by another key, with a high s', () => {
    const body = encodeCanonical(BodySchema, parts);
    const tx = check(good);
    if (!tx.ok) throw new Error('not good');
    const withSignature = (signature: Uint8Array): Uint8Array =>
      encodeCanonical(TxSchema, {body, signatures: [{alg: 1, publicKey: patient.key.publicKey, signature}]});
    expect(codeOf(withSignature(signDigest(patient, new Uint8Array(32))))).toBe(CODE.badSignature);
    expect(codeOf(withSignature(signDigest(stranger, tx.txId)))).toBe(CODE.badSignature);
    const signature = check(signedBody(body, [patient])).ok ? signDigest(patient, checkId(body)) : new Uint8Array();
    expect(codeOf(withSignature(signature))).toBe(0);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = BigInt(`0x${Buffer.from(signature.slice(32)).toString('hex')}`);
    const high = Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex');
    expect(codeOf(withSignature(Uint8Array.of(...signature.slice(0, 32), ...high)))).toBe(CODE.badSignature);
  });

  function checkId(body: Uint8Array): Uint8Array {
    const checked = check(signedBody(body, [patient]));
    return checked.ok ? checked.txId : new Uint8Array();
  }
});

describe('expiry', () => {
  test.each<[string, (ledger: TestLedger) => Partial<TxParts>, number]>([
    ['the height of the block is still good', (l) => ({expiresAtHeight: l.block.height + 1n}), 0],
    ['a height before the block', (l) => ({expiresAtHeight: l.block.height}), CODE.expired],
    ['the time of the block is still good', (l) => ({expiresAtTime: l.block.time + 1n}), 0],
    ['a time before the block', (l) => ({expiresAtTime: l.block.time}), CODE.expired],
    ['no height', () => ({expiresAtHeight: 0n}), CODE.expired],
    ['the farthest height', (l) => ({expiresAtHeight: l.block.height + 1n + 200_000n}), 0],
    ['a height too far', (l) => ({expiresAtHeight: l.block.height + 2n + 200_000n}), CODE.expiryTooFar],
    ['the farthest time', (l) => ({expiresAtTime: l.block.time + 1n + 86_400n}), 0],
    ['a time too far', (l) => ({expiresAtTime: l.block.time + 2n + 86_400n}), CODE.expiryTooFar],
  ])('%s', (_name, overrides, code) => {
    const ledger = begun();
    expect(ledger.run(revokeGrant(patient.id), [patient], overrides(ledger)).code).toBe(code);
    if (code !== 0) expect(load(ledger.state, SLOTS.nonceWindow, [patient.id])?.highest).toBe(0n);
  });
});

describe('the key of the first signature', () => {
  test("unknownKey: nobody's, and not even a nonce is written", () => {
    const ledger = begun();
    const before = ledger.appHash;
    expect(ledger.run(revokeGrant(stranger.id), [stranger]).code).toBe(CODE.unknownKey);
    expect(ledger.appHash).toEqual(before);
  });

  test('unknownKey: a key that was replaced', () => {
    const ledger = begun();
    const next = testKey('next');
    expect(ledger.run(replaceKey(patient, next, recovery), [patient, next]).code).toBe(0);
    expect(ledger.run(revokeGrant(patient.id), [patient]).code).toBe(CODE.unknownKey);
    expect(ledger.run(revokeGrant(patient.id), [next]).code).toBe(0);
  });

  test.each([
    [
      'a storage key cannot enrol',
      enrolPatient(stranger, strangerRecovery),
      [hospital.storage, stranger, strangerRecovery],
    ],
    [
      'an admin key cannot enrol',
      enrolPatient(stranger, strangerRecovery),
      [hospital.admin, stranger, strangerRecovery],
    ],
    ['a patient cannot enrol another', enrolPatient(stranger, strangerRecovery), [patient, stranger, strangerRecovery]],
    ['a sponsor key cannot anchor', SAMPLE_MESSAGES.anchorRecords, [hospital.sponsor]],
    ['an organisation cannot ask for access', requestAccess(patient.id), [hospital.policy]],
    ['an organisation cannot grant', putGrant(patient.id, clinician.id), [hospital.admin]],
    ['a member cannot register a member', registerMember(hospital, stranger), [clinician, stranger]],
    [
      'a member has no devices',
      {case: 'removeDevice', value: {owner: clinician.id, device: clinician.id, registration: 1}},
      [clinician],
    ],
  ] as const)('notAuthorised: %s', (_name, message, signers) => {
    const ledger = begun();
    const before = ledger.appHash;
    expect(ledger.run(message as never, [...signers]).code).toBe(CODE.notAuthorised);
    expect(ledger.appHash).toEqual(before);
  });
});

describe('nonces', () => {
  test('every number of the window once, in any order; too far and too old are refused', () => {
    const ledger = begun();
    const use = (nonce: bigint): number => ledger.run(revokeGrant(patient.id), [patient], {nonce}).code;
    const at = (nonce: bigint): number => {
      ledger.commit([], 1n);
      for (let i = 0; i < 15; i++) ledger.commit([]);
      return use(nonce);
    };
    expect(use(1_025n)).toBe(CODE.nonceTooFar);
    expect(use(1_024n)).toBe(0);
    expect(use(1_024n)).toBe(CODE.nonceUsed);
    expect(use(1n)).toBe(0);
    expect(use(1n)).toBe(CODE.nonceUsed);
    expect(use(2_048n)).toBe(0);
    expect(use(1_024n)).toBe(CODE.nonceUsed);
    expect(use(1_025n)).toBe(0);
    expect(at(2n)).toBe(CODE.nonceUsed);
    expect(use(2_049n)).toBe(0);
    expect(use(1_025n)).toBe(CODE.nonceUsed);
    expect(use(1_026n)).toBe(0);
    expect(use(2n ** 64n - 1n)).toBe(CODE.nonceTooFar);
  });

  test('used up though the message is refused: the same bytes never execute later', () => {
    const ledger = begun();
    const grant = ledger.tx(putGrant(patient.id, stranger.id), [patient]);
    expect(ledger.commit([grant]).results[0]?.code).toBe(CODE.unknownGrantee);
    expect(ledger.run(registerMember(hospital, stranger), [hospital.sponsor, stranger]).code).toBe(0);
    expect(ledger.commit([grant]).results[0]?.code).toBe(CODE.nonceUsed);
  });

  test('a replay costs nobody anything', () => {
    const ledger = begun();
    const grant = ledger.tx(putGrant(patient.id, clinician.id), [patient]);
    expect(ledger.commit([grant, grant]).results.map(({code}) => code)).toEqual([0, CODE.nonceUsed]);
    const before = ledger.appHash;
    expect(ledger.commit([grant, grant, grant]).results.map(({code}) => code)).toEqual([
      CODE.nonceUsed,
      CODE.nonceUsed,
      CODE.nonceUsed,
    ]);
    expect(ledger.appHash).toEqual(before);
  });

  test('each key has its own', () => {
    const ledger = begun();
    expect(ledger.run(requestAccess(patient.id), [clinician], {nonce: 5n}).code).toBe(0);
    expect(ledger.run(requestAccess(patient.id), [patient], {nonce: 5n}).code).toBe(0);
  });
});

describe('quotas', () => {
  const few = {
    ...DEFAULT_PARAMETERS,
    rights: {burst: 3, refill: 1, seconds: 1},
    enrolments: {burst: 3, refill: 1, seconds: 1},
    accessRequests: {burst: 2, refill: 1, seconds: 1},
    refusals: {burst: 2, refill: 1, seconds: 3},
  };
  const revoke = (ledger: TestLedger, count: number): number[] =>
    ledger
      .commit(Array.from({length: count}, () => ledger.tx(revokeGrant(patient.id), [patient])))
      .results.map(({code}) => code);

  test('rights: a burst, then what comes back by block time; the nonce is used up, nothing else happens', () => {
    const ledger = begun(few);
    expect(revoke(ledger, 5)).toEqual([0, 0, 0, CODE.quota, CODE.quota]);
    expect(ledger.accessLog(patient.id)).toHaveLength(4);
    expect(load(ledger.state, SLOTS.nonceWindow, [patient.id])?.highest).toBe(5n);
    expect(revoke(ledger, 2)).toEqual([0, CODE.quota]);
    // Blocks alone bring nothing back, however many, and time does in one.
    for (let i = 0; i < 5; i++) ledger.commit([], 0n);
    ledger.block = {...ledger.block, time: ledger.block.time - 1n};
    expect(revoke(ledger, 1)).toEqual([CODE.quota]);
    ledger.commit([], 2n);
    expect(revoke(ledger, 4)).toEqual([0, 0, 0, CODE.quota]);
  });

  test('an idle block changes no bucket and so no app hash', () => {
    const ledger = begun(few);
    revoke(ledger, 3);
    const before = ledger.appHash;
    ledger.commit([]);
    expect(ledger.appHash).toEqual(before);
  });

  test("enrolments are the organisation's, members among them; another organisation has its own", () => {
    const ledger = begun(few);
    const enrol = (name: string, sponsor = hospital.sponsor): Uint8Array =>
      ledger.tx(enrolPatient(testKey(name), testKey(`${name} recovery`)), [
        sponsor,
        testKey(name),
        testKey(`${name} recovery`),
      ]);
    const codes = ledger
      .commit([enrol('a'), enrol('b'), enrol('c'), enrol('d'), enrol('e', clinic.sponsor)])
      .results.map(({code}) => code);
    expect(codes).toEqual([0, 0, 0, CODE.quota, 0]);
    expect(ledger.run(registerMember(hospital, testKey('m')), [hospital.admin, testKey('m')]).code).toBe(0);
    expect(
      ledger
        .commit([ledger.tx(registerMember(hospital, testKey('n')), [hospital.admin, testKey('n')]), enrol('d')])
        .results.map(({code}) => code),
    ).toEqual([0, CODE.quota]);
  });

  test("access requests are the reader's, the patient's own too", () => {
    const ledger = begun(few);
    const ask = (reader = clinician): Uint8Array => ledger.tx(requestAccess(patient.id), [reader]);
    expect(ledger.commit([ask(), ask(), ask(), ask(patient)]).results.map(({code}) => code)).toEqual([
      0,
      0,
      CODE.quota,
      0,
    ]);
  });
});
