import {DEVICE_CLASS, NO_TERMS, fromHex, sha256Of, toHex, transactionId} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {BodySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {encodeBody, signTx, signingKeyOf} from '@vitalvault/envelope';
import {accessRequest} from '@vitalvault/ledger-state/testing';
import {message} from './message-vector.ts';
import type {record} from './record-vectors.ts';
import type {statements} from './statement-vectors.ts';
import {CHAIN, grantId, idOf, keys, random, tag} from './vector-keys.ts';
import type {SignerName} from './vector-keys.ts';

type Statements = ReturnType<typeof statements>;

/** A transaction of every message; together they have a value for every field. */
export function transactions(signed: Statements, sealed: Awaited<ReturnType<typeof record>>) {
  const key = (name: SignerName) => signingKeyOf(keys[name].privateKey);
  const tx = (signers: SignerName[], body: TxMessage) => {
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
      txId: toHex(transactionId(bytes, signers.map(key))),
      tx: toHex(
        signTx(
          bytes,
          signers.map((name) => keys[name].privateKey),
        ),
      ),
    };
  };
  return [
    tx(['organisation', 'patient', 'recovery'], {
      case: 'enrolPatient',
      value: {
        signingKey: key('patient'),
        encryptionKey: keys['patient-encryption'].publicKey,
        recoveryKey: key('recovery'),
      },
    }),
    tx(['patient', 'new-patient'], {
      case: 'publishKeys',
      value: {
        identity: idOf('patient'),
        newSigningKey: key('new-patient'),
        epochStatements: [epochStatement(signed)],
        succession: keySuccession(signed),
      },
    }),
    tx(['patient'], {case: 'publishKeys', value: {identity: idOf('patient'), encryptionKey: keys.reader.publicKey}}),
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
    tx(['patient'], {case: 'removeDevice', value: {owner: idOf('patient'), device: idOf('device'), registration: 1}}),
    tx(['patient'], {
      case: 'removeDevice',
      value: {owner: idOf('patient'), device: idOf('device'), distrustFromSlot: 405_410, registration: 2},
    }),
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
    tx(['organisation'], {case: 'suspendMember', value: {organisation: idOf('organisation'), member: idOf('member')}}),
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
    tx(['patient'], {
      case: 'putGrant',
      value: {patient: idOf('patient'), grantId, version: 3, ...NO_TERMS, epochStatements: [epochStatement(signed)]},
    }),
    tx(['organisation'], {
      case: 'anchorRecords',
      value: {
        entries: [
          {
            entry: {
              case: 'record',
              value: {
                header: fromHex(sealed.header.bytes),
                ciphertextHash: sha256Of(fromHex(sealed.ciphertext)),
                innerKeyHash: sha256Of(fromHex(sealed.innerKey.sealed)),
                sealedKeyHash: sha256Of(fromHex(sealed.sealedKey.sealed)),
                signature: fromHex(sealed.signature),
              },
            },
          },
          {entry: {case: 'skip', value: {skip: bytesOf(signed, 'skip'), signature: signatureOf(signed, 'skip')}}},
        ],
      },
    }),
    tx(['member'], {
      case: 'requestAccess',
      value: accessRequest(idOf('patient'), {
        grantId,
        typeTag: tag,
        slotFrom: 405_415,
        slotTo: 405_416,
        readerKey: keys.reader.publicKey,
      }),
    }),
  ];
}

type Kind = Statements[number]['tag'];

const found = (signed: Statements, kind: Kind) => signed.find(({tag: name}) => name === kind);
const bytesOf = (signed: Statements, kind: Kind): Uint8Array => fromHex(found(signed, kind)?.bytes ?? '');
const signatureOf = (signed: Statements, kind: Kind): Uint8Array => fromHex(found(signed, kind)?.signature ?? '');

const epochStatement = (signed: Statements) => ({
  statement: bytesOf(signed, 'epoch-statement'),
  signature: {...signingKeyOf(keys.patient.privateKey), signature: signatureOf(signed, 'epoch-statement')},
});

const keySuccession = (signed: Statements) => ({
  succession: bytesOf(signed, 'key-succession'),
  signature: {...signingKeyOf(keys.recovery.privateKey), signature: signatureOf(signed, 'key-succession')},
});
