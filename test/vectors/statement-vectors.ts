import {ALG_X25519, keyId} from '@vitalvault/contracts';
import {MemberProfileSchema, WrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {AcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {
  DeviceConfigSchema,
  EpochStatementSchema,
  KeySuccessionSchema,
  SkipSchema,
} from '@vitalvault/contracts/gen/record/v1/record';
import {signingKeyOf} from '@vitalvault/envelope';
import {signed} from './message-vector.ts';
import {CHAIN, grantId, idOf, keys, random, tag} from './vector-keys.ts';

/** One statement of every kind. */
export function statements() {
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
    successions: 0,
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
    signed('key-succession', 'recovery', {
      schema: KeySuccessionSchema,
      init: {chainId: CHAIN, identity: idOf('patient'), n: 1, newKey: signingKeyOf(keys['new-patient'].privateKey)},
    }),
  ];
}
