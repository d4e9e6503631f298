import {createHash} from 'node:crypto';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {create} from '@bufbuild/protobuf';
import {
  ALG_ES256K,
  ALG_X25519,
  ORG_ROLE,
  build,
  decodeCanonical,
  encodeCanonical,
  fromHex,
  taggedHash,
  toHex,
} from '@vitalvault/contracts';
import {GenesisOrganisationSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {BodySchema, EnrolPatientSchema, RegisterMemberSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {SignedServiceDescriptionSchema} from '@vitalvault/contracts/gen/policy/v1/description';
import {InnerKeysSchema} from '@vitalvault/contracts/gen/policy/v1/policy';
import {ReleaseBundleContextSchema, SignedMemberProfileSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {
  DeviceConfigSchema,
  KeySuccessionSchema,
  SignedDeviceConfigSchema,
  SigningKeySchema,
} from '@vitalvault/contracts/gen/record/v1/record';
import {ReleasePageSchema} from '@vitalvault/contracts/gen/storage/v1/storage';
import {
  assembleTx,
  generateSigningKey,
  hpkeSealFrom,
  recordId,
  signBody,
  signBytes,
  signServiceDescription,
  signingKeyOf,
} from '@vitalvault/envelope';
import type {KeyPair, SignedBytes} from '@vitalvault/envelope';
import {seededRandom} from '@vitalvault/envelope/testing';
import {encryptionKeyVectors} from './encryption-key-vectors.ts';
import {headerVectors} from './header-vectors.ts';
import type {CapturedHeader} from './header-vectors.ts';
import {logPathVectors} from './log-path-vectors.ts';

/** What is taken from protocol.json: keys by name, statements, a record, transactions, a log. */
export interface ProtocolJson {
  readonly chainId: string;
  readonly signingKeys: Readonly<Record<string, {privateKey: string; publicKey: string; keyId: string}>>;
  readonly encryptionKeys: Readonly<Record<string, {privateKey: string; publicKey: string}>>;
  readonly statements: readonly {tag: string; signer: string; bytes: string; signature: string}[];
  readonly record: {
    readonly header: {readonly bytes: string};
    readonly ciphertext: string;
    readonly innerKey: {readonly sealed: string};
    readonly sealedKey: {readonly sealed: string};
    readonly signature: string;
  };
  readonly transactions: readonly {signers: readonly string[]; body: {bytes: string}; txId: string; tx: string}[];
  readonly state: {readonly log: {readonly leaves: readonly string[]}};
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** The whole of test/vectors/protocol-parts.json, from the two files beside it. */
export async function protocolParts(vectors: ProtocolJson, captured: CapturedHeader) {
  const random = seededRandom('vitalvault protocol parts 1');
  const {bytes, signature} = statement(vectors, 'accepted');
  return {
    about:
      'What protocol.json leaves out. Made by test/vectors/generate.ts; the keys are those of protocol.json, public: never use them.',
    signedHeader: headerVectors(captured),
    logPaths: logPathVectors(vectors.state.log.leaves),
    ...successionVectors(vectors, generateSigningKey(random).privateKey),
    signedAccepted: toHex(encodeCanonical(SignedAcceptedSchema, {accepted: bytes, signature})),
    releasePage: await releasePage(vectors, random(32)),
    lines: lines(vectors),
    schemaClosure: schemaClosure('heart-rate-2.0.json'),
    serviceDescription: serviceDescription(vectors, generateSigningKey(random)),
    encryptionKeys: encryptionKeyVectors(),
  };
}

/** A succession, and the configuration of protocol.json as the new key signs it. */
function successionVectors(vectors: ProtocolJson, newPrivateKey: Uint8Array) {
  const {chainId, signingKeys} = vectors;
  const {alg, publicKey} = signingKeyOf(newPrivateKey);
  const newKey = build(SigningKeySchema, {alg, publicKey});
  const identity = fromHex(keyOf(signingKeys, 'patient').keyId);
  const bytes = encodeCanonical(KeySuccessionSchema, {chainId, identity, n: 1, newKey});
  const signature = signBytes('key-succession', bytes, privateKeyOf(signingKeys, 'recovery'));
  const config = encodeCanonical(DeviceConfigSchema, {
    ...decodeCanonical(DeviceConfigSchema, statement(vectors, 'device-config').bytes),
    ownerKey: newKey,
    successions: 1,
  });
  const signedConfig = {config, signature: signBytes('device-config', config, newPrivateKey)};
  const successions = [{succession: bytes, signature}];
  return {
    keySuccession: {
      signer: 'recovery',
      newPublicKey: toHex(publicKey),
      bytes: toHex(bytes),
      digest: toHex(taggedHash('key-succession', bytes)),
      signature: toHex(signature.signature),
    },
    succeededConfig: toHex(encodeCanonical(SignedDeviceConfigSchema, {...signedConfig, successions})),
  };
}

/** Bytes and signature of a statement of protocol.json, as the message that carries it has them. */
function statement({statements, signingKeys}: ProtocolJson, tag: string): SignedBytes {
  const found = statements.find((one) => one.tag === tag);
  if (found === undefined) throw new RangeError(`protocol.json has no ${tag}`);
  const publicKey = fromHex(keyOf(signingKeys, found.signer).publicKey);
  return {bytes: fromHex(found.bytes), signature: {alg: 1, publicKey, signature: fromHex(found.signature)}};
}

/** One page with the record of protocol.json, for its RequestAccess; and a page without records. */
async function releasePage(
  {record, encryptionKeys, signingKeys, chainId, transactions}: ProtocolJson,
  ikmE: Uint8Array,
) {
  const innerKey = fromHex(record.innerKey.sealed);
  const released = {
    header: fromHex(record.header.bytes),
    ciphertextHash: sha256(fromHex(record.ciphertext)),
    innerKeyHash: sha256(innerKey),
    sealedKeyHash: sha256(fromHex(record.sealedKey.sealed)),
    signature: fromHex(record.signature),
    ciphertext: fromHex(record.ciphertext),
    logIndex: 3n,
    deviceKey: fromHex(keyOf(signingKeys, 'device').publicKey),
  };
  const txId = fromHex(transactions.at(-1)?.txId ?? '');
  const organisation = fromHex(keyOf(signingKeys, 'organisation').keyId);
  const bundle = await hpkeSealFrom({
    use: 'release-bundle',
    publicKey: fromHex(keyOf(encryptionKeys, 'reader').publicKey),
    context: encodeCanonical(ReleaseBundleContextSchema, {
      chainId,
      txId,
      organisation,
      recordIds: [recordId(released)],
    }),
    plaintext: encodeCanonical(InnerKeysSchema, {innerKeys: [innerKey]}),
    ephemeral: ikmE,
  });
  return {
    ikmE: toHex(ikmE),
    page: toHex(encodeCanonical(ReleasePageSchema, {txId, bundle, records: [released], nextPage: '490321.17'})),
    pageWithoutRecords: toHex(encodeCanonical(ReleasePageSchema, {txId})),
  };
}

/** What the policy service of an organisation with these four keys says about it. */
function serviceDescription({chainId, signingKeys, encryptionKeys}: ProtocolJson, policy: KeyPair) {
  const signing = (name: string) => ({alg: ALG_ES256K, publicKey: fromHex(keyOf(signingKeys, name).publicKey)});
  const keys = [
    {key: signing('organisation'), role: ORG_ROLE.admin, fromSlot: 405_000},
    {key: signing('ingest'), role: ORG_ROLE.ingest, fromSlot: 405_000, toSlot: 406_000},
    {key: signingKeyOf(policy.privateKey), role: ORG_ROLE.policy},
    {key: {alg: ALG_X25519, publicKey: fromHex(keyOf(encryptionKeys, 'release').publicKey)}, role: ORG_ROLE.release},
  ];
  const id = fromHex(keyOf(signingKeys, 'organisation').keyId);
  const organisation = create(GenesisOrganisationSchema, {id, name: 'hospital', keys});
  const signed = signServiceDescription({chainId, organisation, issuedAt: 1_459_497_300}, policy.privateKey);
  return {
    policyKey: {privateKey: toHex(policy.privateKey), publicKey: toHex(policy.publicKey)},
    organisation: toHex(encodeCanonical(GenesisOrganisationSchema, organisation)),
    issuedAt: 1_459_497_300,
    digest: toHex(taggedHash('service-description', signed.description)),
    bytes: toHex(signed.description),
    signed: toHex(encodeCanonical(SignedServiceDescriptionSchema, signed)),
  };
}

/** One line of each kind of docs/protocol.md §4.6, and the message in it. */
function lines(vectors: ProtocolJson) {
  const enrol = transactionOf(vectors, 'patient');
  const register = transactionOf(vectors, 'member');
  const profile = statement(vectors, 'member-profile');
  const config = statement(vectors, 'device-config');
  const signedProfile = encodeCanonical(SignedMemberProfileSchema, {
    profile: profile.bytes,
    signature: profile.signature,
  });
  const signedConfig = encodeCanonical(SignedDeviceConfigSchema, {
    config: config.bytes,
    signature: config.signature,
    successions: [],
  });
  const {message} = decodeCanonical(BodySchema, fromHex(enrol.body.bytes));
  const registered = decodeCanonical(BodySchema, fromHex(register.body.bytes)).message;
  if (message.case !== 'enrolPatient' || registered.case !== 'registerMember')
    throw new RangeError('other transactions');
  const request = encodeCanonical(EnrolPatientSchema, message.value);
  const {signingKey, encryptionKey} = registered.value;
  if (signingKey === undefined) throw new RangeError('a member without a key');
  const forTheOrganisation = {organisation: new Uint8Array(0), role: 0, profileHash: new Uint8Array(0)};
  const memberRequest = encodeCanonical(RegisterMemberSchema, {signingKey, encryptionKey, ...forTheOrganisation});
  const endorsed = half(vectors, register);
  return [
    {kind: 'vvenrol1', message: toHex(request), line: `vvenrol1.${base64url(request)}`},
    {kind: 'vvmemberreq1', message: toHex(memberRequest), line: `vvmemberreq1.${base64url(memberRequest)}`},
    {kind: 'vvtx1', message: toHex(half(vectors, enrol)), line: `vvtx1.${base64url(half(vectors, enrol))}`},
    {
      kind: 'vvmember1',
      message: toHex(signedProfile),
      part: toHex(endorsed),
      line: `vvmember1.${base64url(signedProfile)}.vvtx1.${base64url(endorsed)}`,
    },
    {kind: 'vvcfg1', message: toHex(signedConfig), line: `vvcfg1.${base64url(signedConfig)}`},
  ];
}

type Transaction = ProtocolJson['transactions'][number];

/** A transaction of the organisation and this one, in this order. */
function transactionOf({transactions}: ProtocolJson, second: string): Transaction {
  const found = transactions.find(({signers}) => signers[0] === 'organisation' && signers[1] === second);
  if (found === undefined) throw new RangeError(`protocol.json has no transaction of organisation and ${second}`);
  return found;
}

/** The `Tx` with the first signature alone. */
function half({signingKeys}: ProtocolJson, {body, signers}: Transaction): Uint8Array {
  const [bytes, keys] = [fromHex(body.bytes), signers.map((name) => privateKeyOf(signingKeys, name))];
  return assembleTx(bytes, [signBody(bytes, keys[0] ?? new Uint8Array(), keys.map(signingKeyOf))]);
}

function keyOf<K>(keys: Readonly<Record<string, K>>, name: string): K {
  const found = keys[name];
  if (found === undefined) throw new RangeError(`protocol.json has no key ${name}`);
  return found;
}

const privateKeyOf = (keys: ProtocolJson['signingKeys'], name: string): Uint8Array =>
  fromHex(keyOf(keys, name).privateKey);

/** Files of a schema's closure with their hashes, found here by the text of docs/protocol.md §3.4 alone. */
function schemaClosure(start: string): {name: string; sha256: string}[] {
  const folder = join(import.meta.dirname, '../../libs/sdk/schemas');
  const names = readdirSync(folder);
  const found = new Map<string, Uint8Array>();
  const visit = (reference: string): void => {
    const stem = /^(.*)\.x\.json$/.exec(reference)?.[1];
    const name = stem === undefined ? reference : (names.find((one) => one.startsWith(`${stem}.`)) ?? reference);
    if (found.has(name)) return;
    const bytes = readFileSync(join(folder, name));
    found.set(name, bytes);
    for (const [, target = ''] of bytes.toString('utf8').matchAll(/"\$ref"\s*:\s*"([^"#]+)(?:#[^"]*)?"/g))
      visit(target);
  };
  visit(start);
  return [...found.keys()]
    .toSorted()
    .map((name) => ({name, sha256: toHex(sha256(found.get(name) ?? new Uint8Array()))}));
}
