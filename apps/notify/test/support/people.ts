import type {MessageInitShape} from '@bufbuild/protobuf';
import {ALG_ES256K, alertOf, encodeCanonical, keyId, toHex} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {AlertKind, LedgerEventSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {Alert} from '@vitalvault/contracts/gen/events/v1/events';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {BodySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {RequestAccess} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {generateSigningKey} from '@vitalvault/envelope';
import type {KeyPair} from '@vitalvault/envelope';
import {accessRequest} from '@vitalvault/ledger-state/testing';
import {signRequest} from '@vitalvault/http';
import {randomBytes} from 'node:crypto';

export const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));
export const organisation = random(20);

/** A patient as her events make her known. */
export class Patient {
  key: KeyPair = generateSigningKey(random);
  readonly id = keyId({alg: ALG_ES256K, publicKey: this.key.publicKey});
  #height = 1n;

  get hex(): string {
    return toHex(this.id);
  }

  get keyId(): Uint8Array {
    return keyId({alg: ALG_ES256K, publicKey: this.key.publicKey});
  }

  enrolled(): Uint8Array {
    const signingKey = {alg: ALG_ES256K, publicKey: this.key.publicKey};
    return this.event(
      {case: 'enrolled', value: {organisation, signingKeyId: this.keyId, recoveryKeyId: random(20)}},
      {case: 'enrolPatient', value: {signingKey, encryptionKey: random(32), recoveryKey: signingKey}},
    );
  }

  /** Her event of a new key, which is hers from now on. */
  newKey(): Uint8Array {
    this.key = generateSigningKey(random);
    const newSigningKey = {alg: ALG_ES256K, publicKey: this.key.publicKey};
    return this.event(
      {case: 'keys', value: {signingKeyId: this.keyId}},
      {case: 'publishKeys', value: {identity: this.id, newSigningKey}},
    );
  }

  /** An access to her data that the ledger decided. */
  accessed(request: RequestAccess, given: {reader: Uint8Array; permit: boolean; txId: Uint8Array}): Uint8Array {
    return this.event(
      {case: 'access', value: {reader: given.reader, organisation, request, decision: {permit: given.permit}}},
      {case: 'requestAccess', value: request},
      given.txId,
    );
  }

  event(
    leaf: MessageInitShape<typeof AccessLeafSchema>['event'] & object,
    message: TxMessage,
    txId = random(32),
  ): Uint8Array {
    const height = this.#height++;
    return encodeCanonical(LedgerEventSchema, {
      height,
      txId,
      txHash: random(32),
      blockTime: 1_790_000_000n + height,
      patient: this.id,
      accessLeaf: encodeCanonical(AccessLeafSchema, {
        index: height - 1n,
        height,
        blockTime: 1_790_000_000n + height,
        txId,
        event: leaf,
      }),
      body: encodeCanonical(BodySchema, {
        version: 1,
        chainId: 'vv-spec',
        expiresAtHeight: 9n,
        expiresAtTime: 9n,
        nonce: height,
        message,
      }),
    });
  }

  request(): RequestAccess {
    return accessRequest(this.id, {grantId: random(16), typeTag: random(16), readerKey: random(32)});
  }

  /** The same access as policy tells it by QueueAlert. */
  accessAlert(request: RequestAccess, given: {reader: Uint8Array; permit: boolean; txId: Uint8Array}): Alert {
    const kind = given.permit ? AlertKind.ACCESS_PERMITTED : AlertKind.ACCESS_REFUSED;
    return this.alert(kind, given.txId, {text: '', reader: given.reader, organisation, permit: given.permit, request});
  }

  alert(kind: AlertKind, subject: Uint8Array, more: Parameters<typeof alertOf>[0] = {}): Alert {
    return alertOf({patient: this.id, kind, raisedAtMs: 1_790_000_001_000n, subject, text: 'x', ...more});
  }

  /** Headers that sign a request as hers. */
  sign(method: string, target: string, body?: Uint8Array): Record<string, string> {
    return signRequest({
      method,
      target,
      ...(body === undefined ? {} : {body}),
      organisation: toHex(organisation),
      keyId: toHex(this.keyId),
      privateKey: this.key.privateKey,
      nonce: Buffer.from(random(16)).toString('base64url'),
      created: Math.floor(Date.now() / 1_000),
    });
  }
}
