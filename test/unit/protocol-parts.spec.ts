import {describe, expect, it} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {decodeCanonical, fromHex, keyId, taggedHash, toHex} from '@vitalvault/contracts';
import {GenesisOrganisationSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {SignedServiceDescriptionSchema} from '@vitalvault/contracts/gen/policy/v1/description';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {KeySuccessionSchema, SignedDeviceConfigSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {ReleasePageSchema} from '@vitalvault/contracts/gen/storage/v1/storage';
import {openAccepted, openReleaseBundle, openServiceDescription, recordId, verifyDigest} from '@vitalvault/envelope';
import {leafHash, verifyConsistency, verifyLeaves} from '@vitalvault/proofs';
import {
  acceptDeviceConfig,
  encodeDeviceConfig,
  bodyOfPart,
  decodeEndorsement,
  decodeEnrolmentRequest,
  decodeMemberRequest,
  decodePart,
  encodePart,
  schemaById,
} from '@vitalvault/sdk';
import type {CapturedHeader} from '../vectors/header-vectors.js';
import {protocolParts} from '../vectors/protocol-parts.js';
import type {ProtocolJson} from '../vectors/protocol-parts.js';

const read = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, '../vectors', name), 'utf8'));
const vectors = read('protocol.json') as ProtocolJson & {state: {log: {roots: string[]}}; signingKeys: Keys};
const parts = read('protocol-parts.json') as Awaited<ReturnType<typeof protocolParts>>;
type Keys = Record<string, {privateKey: string; publicKey: string; keyId: string}>;

const key = (name: string) => ({alg: 1, publicKey: fromHex(vectors.signingKeys[name]?.publicKey ?? '')});
const line = (kind: string): string => parts.lines.find((one) => one.kind === kind)?.line ?? '';

describe('test/vectors/protocol-parts.json', () => {
  it('is what the code makes of the two files beside it', async () => {
    const made = await protocolParts(vectors, read('signed-header.json') as CapturedHeader);
    expect(JSON.parse(JSON.stringify(made))).toEqual(parts);
  });

  it('has paths that lead to the roots of the log, and to no other place of it', () => {
    const {log} = vectors.state;
    const root = (size: number): Uint8Array => fromHex(log.roots[size] ?? '');
    const hash = (index: number): Uint8Array => leafHash(fromHex(log.leaves[index] ?? ''));
    expect(parts.logPaths.leaves).toHaveLength(57);
    for (const {size, indexes, proof} of parts.logPaths.leaves) {
      const claim = {indexes, size, proof: fromHex(proof), root: root(size)};
      expect(verifyLeaves({...claim, leafHashes: indexes.map(hash)})).toBe(true);
      expect(verifyLeaves({...claim, leafHashes: indexes.map((index) => hash((index + 1) % 5))})).toBe(false);
    }
    for (const {size1, size2, path} of parts.logPaths.consistency) {
      const claim = {size1, size2, root1: root(size1), root2: root(size2), proof: path.map(fromHex)};
      expect(verifyConsistency(claim)).toBe(true);
      expect(verifyConsistency({...claim, root1: root(size1 === 1 ? 2 : 1)})).toBe(false);
    }
  });

  it('has lines that the SDK reads', () => {
    const enrol = decodeEnrolmentRequest(line('vvenrol1'));
    expect(enrol.signingKey?.publicKey).toEqual(key('patient').publicKey);
    expect(decodeMemberRequest(line('vvmemberreq1')).signingKey.publicKey).toEqual(key('member').publicKey);
    const part = decodePart(line('vvtx1'));
    expect([encodePart(part), part.signatures.length, bodyOfPart(part).message.case]).toEqual([
      line('vvtx1'),
      1,
      'enrolPatient',
    ]);
    const endorsement = decodeEndorsement(line('vvmember1'));
    expect(bodyOfPart(decodePart(endorsement.part)).message.case).toBe('registerMember');
    const owner = vectors.signingKeys['patient']?.keyId ?? '';
    expect(acceptDeviceConfig(line('vvcfg1'), {chainId: vectors.chainId, owner}).config.version).toBe(1);
  });

  it('has a release page that its reader opens, and one with nothing to open', async () => {
    const page = decodeCanonical(ReleasePageSchema, fromHex(parts.releasePage.page));
    const [record] = page.records;
    if (record === undefined) throw new Error('no record');
    const context = {
      chainId: vectors.chainId,
      txId: page.txId,
      organisation: fromHex(vectors.signingKeys['organisation']?.keyId ?? ''),
      recordIds: [recordId(record)],
    };
    const reader = fromHex(vectors.encryptionKeys['reader']?.privateKey ?? '');
    const [innerKey] = await openReleaseBundle(context, reader, page.bundle);
    expect(toHex(innerKey ?? new Uint8Array())).toBe(vectors.record.innerKey.sealed);
    expect(page.nextPage).toBe('490321.17');
    const empty = decodeCanonical(ReleasePageSchema, fromHex(parts.releasePage.pageWithoutRecords));
    expect([empty.records.length, empty.bundle.length, empty.nextPage]).toEqual([0, 0, '']);
  });

  it('has a succession by the recovery key, and a whole receipt', () => {
    const {bytes, digest, signature, newPublicKey} = parts.keySuccession;
    const {n, newKey} = decodeCanonical(KeySuccessionSchema, fromHex(bytes));
    expect([n, toHex(newKey?.publicKey ?? new Uint8Array())]).toEqual([1, newPublicKey]);
    expect(toHex(taggedHash('key-succession', fromHex(bytes)))).toBe(digest);
    expect(verifyDigest(key('recovery').publicKey, fromHex(digest), fromHex(signature))).toBe(true);
    const owner = vectors.signingKeys['patient']?.keyId ?? '';
    const first = acceptDeviceConfig(line('vvcfg1'), {chainId: vectors.chainId, owner});
    const succeeded = encodeDeviceConfig(decodeCanonical(SignedDeviceConfigSchema, fromHex(parts.succeededConfig)));
    const trust = {chainId: vectors.chainId, owner, known: first};
    expect(acceptDeviceConfig(succeeded, trust).ownerKeys).toEqual([newPublicKey]);
    const accepted = decodeCanonical(SignedAcceptedSchema, fromHex(parts.signedAccepted));
    expect(openAccepted(accepted, key('ingest')).sequence).toBe(7n);
  });

  it('has a description with the keys of its genesis, signed by the policy key', () => {
    const {policyKey, bytes, signed, organisation} = parts.serviceDescription;
    const opened = decodeCanonical(SignedServiceDescriptionSchema, fromHex(signed));
    const policy = {alg: 1, publicKey: fromHex(policyKey.publicKey)};
    const {service, keys, issuedAt, expiresAt} = openServiceDescription(opened, policy);
    const genesis = decodeCanonical(GenesisOrganisationSchema, fromHex(organisation));
    expect([toHex(opened.description), service, expiresAt - issuedAt]).toEqual([bytes, 'policy', 86_400n]);
    expect(keys.map(({role, fromSlot, toSlot}) => [role, fromSlot, toSlot])).toEqual(
      genesis.keys.map(({role, fromSlot, toSlot}) => [role, fromSlot, toSlot]),
    );
    expect(keys.map(({keyId: id}) => id)).toEqual(
      genesis.keys.map(({key: one}) => (one === undefined ? undefined : keyId(one))),
    );
  });

  it('has the files of the schema whose hash is published', () => {
    const encoder = new TextEncoder();
    const hashed = parts.schemaClosure.flatMap(({name, sha256}) => {
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, encoder.encode(name).length);
      return [length, encoder.encode(name), fromHex(sha256)];
    });
    expect(taggedHash('schema', ...hashed)).toEqual(schemaById('omh:heart-rate:2.0')?.hash);
  });
});
