import {ScalarType, toJson} from '@bufbuild/protobuf';
import type {DescMessage, JsonValue} from '@bufbuild/protobuf';
import {
  ALG_X25519,
  DEVICE_CLASS,
  NO_TERMS,
  STATE_KIND,
  TAGS,
  build,
  encodeCanonical,
  fromHex,
  keyId,
  sha256Of,
  taggedHash,
  toHex,
} from '@vitalvault/contracts';
import type {FieldsOf, TxMessage} from '@vitalvault/contracts';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {BodySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  DetailsContextSchema,
  MemberProfileSchema,
  RecordKeyContextSchema,
  ReleaseBundleContextSchema,
  ReleaseKeyContextSchema,
  WrapBundleSchema,
  WrapContextSchema,
} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {AcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {
  DeviceConfigSchema,
  EpochStatementSchema,
  PayloadSchema,
  PostedRecordSchema,
  RecordHeaderSchema,
  SkipSchema,
} from '@vitalvault/contracts/gen/record/v1/record';
import {
  aeadSeal,
  cidOf,
  encodeBody,
  framePayload,
  generateEncryptionKey,
  generateSigningKey,
  hpkeInfo,
  hpkeSealFrom,
  recordId,
  signDigest,
  signTx,
  signingKeyOf,
  txId,
  typeTag,
} from '@vitalvault/envelope';
import type {HpkeUse, KeyPair} from '@vitalvault/envelope';
import {seededRandom} from '@vitalvault/envelope/testing';
import {StateTree, leafHash, merkleRoot, stateKey} from '@vitalvault/proofs';
import {schemaById, signRequest} from '@vitalvault/sdk';

/** Everything below follows from these words: fixed keys, fixed randomness. Never use these keys. */
const random = seededRandom('vitalvault protocol vectors 1');
const CHAIN = 'vv-vectors';
const signing = (['patient', 'recovery', 'device', 'organisation', 'ingest', 'member'] as const).map(
  (name) => [name, generateSigningKey(random)] as const,
);
const encryption = (['epoch', 'release', 'member-encryption', 'patient-encryption', 'reader'] as const).map(
  (name) => [name, generateEncryptionKey(random)] as const,
);
const keys = Object.fromEntries([...signing, ...encryption]) as Record<
  (typeof signing)[number][0] | (typeof encryption)[number][0],
  KeyPair
>;
const idOf = (name: (typeof signing)[number][0]): Uint8Array => keyId(signingKeyOf(keys[name].privateKey));
const tagKey = random(32);
const tag = typeTag(tagKey, 'omh:heart-rate');
const grantId = random(16);

/** A message by its fields and by its canonical bytes. */
function message<D extends DescMessage>(
  schema: D,
  init: FieldsOf<D>,
): {type: string; fields: JsonValue; bytes: string} {
  return {type: schema.typeName, fields: hexFields(schema, init), bytes: toHex(encodeCanonical(schema, init))};
}

/** Protobuf JSON with field names of the .proto, bytes as hexadecimal. */
function hexFields<D extends DescMessage>(schema: D, init: FieldsOf<D>): JsonValue {
  const walk = (desc: DescMessage, value: JsonValue): JsonValue => {
    const fields = value as Record<string, JsonValue>;
    return Object.fromEntries(
      Object.entries(fields).map(([name, inner]) => {
        const field = desc.fields.find((one) => one.name === name);
        const nested = field?.message;
        const each = (item: JsonValue): JsonValue => {
          if (nested !== undefined) return walk(nested, item);
          return field?.scalar === ScalarType.BYTES ? Buffer.from(item as string, 'base64').toString('hex') : item;
        };
        return [name, Array.isArray(inner) ? inner.map(each) : each(inner)];
      }),
    );
  };
  return walk(schema, toJson(schema, build(schema, init), {useProtoFieldName: true}));
}

function signed<D extends DescMessage>(
  name: (typeof TAGS)[number],
  signer: (typeof signing)[number][0],
  content: {schema: D; init: FieldsOf<D>},
) {
  const inner = message(content.schema, content.init);
  const digest = taggedHash(name, fromHex(inner.bytes));
  return {
    tag: name,
    signer,
    ...inner,
    digest: toHex(digest),
    signature: toHex(signDigest(keys[signer].privateKey, digest)),
  };
}

function statements() {
  const epoch = {
    chainId: CHAIN,
    patient: idOf('patient'),
    typeTag: tag,
    epoch: 1,
    publicKey: keys.epoch.publicKey,
    fromSlot: 405_400,
  };
  const config = {
    version: 1,
    chainId: CHAIN,
    patient: idOf('patient'),
    ownerKey: signingKeyOf(keys.patient.privateKey),
    recoveryKey: signingKeyOf(keys.recovery.privateKey),
    registration: 1,
    typeTags: [tag],
    custodians: [
      {
        organisation: idOf('organisation'),
        releaseKeyId: keyId({alg: ALG_X25519, publicKey: keys.release.publicKey}),
        releasePublicKey: keys.release.publicKey,
        ingestKey: signingKeyOf(keys.ingest.privateKey),
      },
    ],
    gateways: ['http://127.0.0.1:27000'],
    typeNames: ['omh:heart-rate'],
  };
  return [
    signed('epoch-statement', 'patient', {schema: EpochStatementSchema, init: epoch}),
    signed('device-config', 'patient', {schema: DeviceConfigSchema, init: config}),
    signed('skip', 'device', {
      schema: SkipSchema,
      init: {
        chainId: CHAIN,
        patient: idOf('patient'),
        device: idOf('device'),
        registration: 1,
        sequence: 8n,
        typeTag: tag,
        tagSequence: 6n,
      },
    }),
    signed('accepted', 'ingest', {
      schema: AcceptedSchema,
      init: {
        chainId: CHAIN,
        organisation: idOf('organisation'),
        recordId: random(32),
        device: idOf('device'),
        registration: 1,
        sequence: 7n,
        acceptedAtMs: 1_459_497_300_123n,
      },
    }),
    signed('wraps', 'patient', {
      schema: WrapBundleSchema,
      init: {
        chainId: CHAIN,
        patient: idOf('patient'),
        grantId,
        grantee: idOf('member'),
        version: 1,
        epochs: [
          {typeTag: tag, typeName: 'omh:heart-rate', epoch: 1, publicKey: keys.epoch.publicKey, sealed: random(80)},
        ],
      },
    }),
    signed('member-profile', 'organisation', {
      schema: MemberProfileSchema,
      init: {
        chainId: CHAIN,
        organisation: idOf('organisation'),
        member: idOf('member'),
        name: 'Ada Łukasz',
        title: 'Cardiologist',
      },
    }),
  ];
}

async function record() {
  const reading =
    '{"header":{"id":"243c773b-8936-407e-9c23-270d0ea49cc4","creation_date_time":"2016-04-01T07:54:00Z","schema_id":{"namespace":"omh","name":"heart-rate","version":"2.0"}},' +
    '"body":{"heart_rate":{"value":93,"unit":"beats/min"},"effective_time_frame":{"date_time":"2016-04-01T07:54:00Z"}}}';
  const header = message(RecordHeaderSchema, {
    version: 1,
    kind: 1,
    chainId: CHAIN,
    patient: idOf('patient'),
    device: idOf('device'),
    registration: 1,
    typeTag: tag,
    epoch: 1,
    slot: 405_415,
    sequence: 7n,
    tagSequence: 5n,
    count: 1,
    releaseSuite: 1,
    releaseKeyId: keyId({alg: ALG_X25519, publicKey: keys.release.publicKey}),
  });
  const payload = {
    schemaId: 'omh:heart-rate:2.0',
    schemaHash: schemaById('omh:heart-rate:2.0')?.hash ?? new Uint8Array(),
    encoding: 1,
    readings: [new TextEncoder().encode(reading)],
  };
  const [dek, nonce] = [random(32), random(12)];
  const headerBytes = fromHex(header.bytes);
  const ciphertext = aeadSeal({key: dek, nonce, aad: headerBytes, plaintext: framePayload(payload)});
  const inner = await sealed('record-key', 'epoch', dek, {
    schema: RecordKeyContextSchema,
    init: {headerHash: sha256Of(headerBytes)},
  });
  const innerKey = fromHex(inner.sealed);
  const outer = await sealed('release-key', 'release', innerKey, {
    schema: ReleaseKeyContextSchema,
    init: {headerHash: sha256Of(headerBytes), innerKeyHash: sha256Of(innerKey)},
  });
  const id = recordId({
    header: headerBytes,
    ciphertextHash: sha256Of(ciphertext),
    innerKeyHash: sha256Of(innerKey),
    sealedKeyHash: sha256Of(fromHex(outer.sealed)),
  });
  const signature = signDigest(keys.device.privateKey, id);
  return {
    about: 'The ciphertext is to be opened only: another encoder of deflate gives other bytes.',
    header,
    payload: message(PayloadSchema, payload),
    dek: toHex(dek),
    nonce: toHex(nonce),
    ciphertext: toHex(ciphertext),
    innerKey: inner,
    sealedKey: outer,
    recordId: toHex(id),
    signature: toHex(signature),
    cid: cidOf(ciphertext),
    posted: toHex(
      encodeCanonical(PostedRecordSchema, {
        header: headerBytes,
        ciphertext,
        sealedKey: fromHex(outer.sealed),
        innerKeyHash: sha256Of(innerKey),
        signature,
      }),
    ),
  };
}

async function sealed<D extends DescMessage>(
  use: HpkeUse,
  to: (typeof encryption)[number][0],
  plaintext: Uint8Array,
  content: {schema: D; init: FieldsOf<D>},
) {
  const context = message(content.schema, content.init);
  const ephemeral = random(32);
  const value = await hpkeSealFrom({
    use,
    publicKey: keys[to].publicKey,
    context: fromHex(context.bytes),
    plaintext,
    ephemeral,
  });
  return {
    use,
    to,
    context,
    info: toHex(hpkeInfo(use, fromHex(context.bytes))),
    ikmE: toHex(ephemeral),
    plaintext: toHex(plaintext),
    sealed: toHex(value),
  };
}

async function hpke() {
  return [
    await sealed('wrap', 'member-encryption', keys.epoch.privateKey, {
      schema: WrapContextSchema,
      init: {chainId: CHAIN, patient: idOf('patient'), grantId, grantee: idOf('member'), typeTag: tag, epoch: 1},
    }),
    await sealed('release-bundle', 'reader', random(84), {
      schema: ReleaseBundleContextSchema,
      init: {chainId: CHAIN, txId: random(32), organisation: idOf('organisation'), recordIds: [random(32), random(32)]},
    }),
    await sealed('details', 'patient-encryption', new TextEncoder().encode('{"message":"before your visit"}'), {
      schema: DetailsContextSchema,
      init: {chainId: CHAIN, patient: idOf('patient'), reader: idOf('member')},
    }),
  ];
}

function transactions() {
  const key = (name: (typeof signing)[number][0]) => signingKeyOf(keys[name].privateKey);
  const tx = (signers: (typeof signing)[number][0][], body: TxMessage) => {
    const init = {
      version: 1,
      chainId: CHAIN,
      expiresAtHeight: 2_000n,
      expiresAtTime: 1_459_500_900n,
      nonce: 3n,
      message: body,
    };
    const bytes = encodeBody(init);
    return {
      signers,
      body: message(BodySchema, init),
      txId: toHex(txId(bytes)),
      tx: toHex(
        signTx(
          bytes,
          signers.map((name) => keys[name].privateKey),
        ),
      ),
    };
  };
  return [
    tx(['organisation', 'patient'], {
      case: 'enrolPatient',
      value: {
        signingKey: key('patient'),
        encryptionKey: keys['patient-encryption'].publicKey,
        recoveryKey: key('recovery'),
      },
    }),
    tx(['patient', 'device'], {
      case: 'registerDevice',
      value: {
        owner: idOf('patient'),
        deviceKey: key('device'),
        typeTags: [tag],
        deviceClass: DEVICE_CLASS.wearable,
        fromSlot: 405_400,
      },
    }),
    tx(['patient'], {case: 'removeDevice', value: {owner: idOf('patient'), device: idOf('device')}}),
    tx(['organisation', 'member'], {
      case: 'registerMember',
      value: {
        organisation: idOf('organisation'),
        signingKey: key('member'),
        encryptionKey: keys['member-encryption'].publicKey,
        role: 1,
        profileHash: random(32),
      },
    }),
    tx(['patient'], {
      case: 'putGrant',
      value: {
        patient: idOf('patient'),
        grantId,
        version: 1,
        grantee: idOf('member'),
        typeTags: [tag],
        actions: [1],
        purposes: [1, 2],
        accessFromSlot: 405_400,
        accessToSlot: 405_500,
        dataFromSlot: 405_410,
        dataToSlot: 405_420,
        maxReads: 3,
      },
    }),
    tx(['patient'], {case: 'putGrant', value: {patient: idOf('patient'), grantId, version: 2, ...NO_TERMS}}),
    tx(['member'], {
      case: 'requestAccess',
      value: {
        patient: idOf('patient'),
        grantId,
        typeTag: tag,
        slotFrom: 405_415,
        slotTo: 405_416,
        purpose: 1,
        action: 1,
        readerKey: keys.reader.publicKey,
        detailsHash: new Uint8Array(32),
      },
    }),
  ];
}

function state() {
  const entries: [keyof typeof STATE_KIND, Uint8Array[], Uint8Array][] = [
    ['patient', [idOf('patient')], random(40)],
    ['registration', [idOf('device'), Uint8Array.of(0, 0, 0, 1)], random(30)],
    ['epochHead', [idOf('patient'), tag], random(8)],
    ['accessLog', [idOf('patient')], random(36)],
    ['parameters', [], random(12)],
  ];
  const tree = new StateTree();
  tree.stage(
    entries.map(([kind, parts, value]) => ({key: stateKey(STATE_KIND[kind], parts), valueHash: sha256Of(value)})),
  );
  tree.commit();
  const absent = stateKey(STATE_KIND.patient, [idOf('member')]);
  const proof = (key: Uint8Array) => {
    const {siblings, otherKey, otherValueHash} = tree.prove(key);
    return {
      siblings: siblings.map(toHex),
      ...(otherKey ? {otherKey: toHex(otherKey)} : {}),
      ...(otherValueHash ? {otherValueHash: toHex(otherValueHash)} : {}),
    };
  };
  const leaves = [0n, 1n, 2n, 3n, 4n].map((index) =>
    encodeCanonical(AccessLeafSchema, {
      index,
      height: 10n + index,
      blockTime: 1_459_497_300n,
      txId: random(32),
      event: {case: 'deviceRemoved', value: {device: idOf('device'), registration: 1, distrustFromSlot: 405_500}},
    }),
  );
  return {
    root: toHex(tree.root),
    entries: entries.map(([kind, parts, value]) => ({
      kind: STATE_KIND[kind],
      parts: parts.map(toHex),
      key: toHex(stateKey(STATE_KIND[kind], parts)),
      value: toHex(value),
      proof: proof(stateKey(STATE_KIND[kind], parts)),
    })),
    absent: {kind: STATE_KIND.patient, parts: [toHex(idOf('member'))], key: toHex(absent), proof: proof(absent)},
    log: {
      leaves: leaves.map(toHex),
      roots: [0, 1, 2, 3, 4, 5].map((size) => toHex(merkleRoot(leaves.slice(0, size).map((leaf) => leafHash(leaf))))),
    },
  };
}

function requests() {
  const at = (method: string, url: string, body?: Uint8Array) => {
    const nonce = random(16);
    const headers = signRequest(
      {method, url: new URL(url), body},
      {privateKey: keys.member.privateKey, organisation: idOf('organisation'), nowSeconds: 1_459_497_300, nonce},
    );
    return {
      method,
      url,
      body: body ? toHex(body) : null,
      signer: 'member',
      organisation: toHex(idOf('organisation')),
      created: 1_459_497_300,
      nonce: toHex(nonce),
      headers,
    };
  };
  return [
    at('GET', 'http://127.0.0.1:27001/v1/patients/00/access-log?from=0&limit=10'),
    at('POST', 'http://127.0.0.1:27003/v1/releases', new TextEncoder().encode('{"txId":"00"}')),
  ];
}

/** The whole of test/vectors/protocol.json. */
export async function protocolVectors(): Promise<JsonValue> {
  const sample = random(40);
  const vectors = {
    about:
      'Values for every formula of docs/protocol.md. Made by test/vectors/generate.mjs from fixed words; the keys are public: never use them.',
    chainId: CHAIN,
    signingKeys: Object.fromEntries(
      signing.map(([name, {privateKey, publicKey}]) => [
        name,
        {privateKey: toHex(privateKey), publicKey: toHex(publicKey), keyId: toHex(idOf(name))},
      ]),
    ),
    encryptionKeys: Object.fromEntries(
      encryption.map(([name, {privateKey, publicKey}]) => [
        name,
        {privateKey: toHex(privateKey), publicKey: toHex(publicKey), keyId: toHex(keyId({alg: ALG_X25519, publicKey}))},
      ]),
    ),
    taggedHashes: {
      input: toHex(sample),
      outputs: Object.fromEntries(TAGS.map((name) => [name, toHex(taggedHash(name, sample))])),
    },
    typeTag: {tagKey: toHex(tagKey), schemaName: 'omh:heart-rate', tag: toHex(tag)},
    schemaHash: {
      schemaId: 'omh:heart-rate:2.0',
      hash: toHex(schemaById('omh:heart-rate:2.0')?.hash ?? new Uint8Array()),
    },
    statements: statements(),
    record: await record(),
    hpke: await hpke(),
    transactions: transactions(),
    state: state(),
    requests: requests(),
    alertId: {kind: 1, subject: toHex(sample), id: toHex(taggedHash('alert', Uint8Array.of(1), sample))},
  };
  return vectors as unknown as JsonValue;
}
