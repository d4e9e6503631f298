import {fromBinary} from '@bufbuild/protobuf';
import {
  ALG_ES256K,
  NotCanonicalError,
  decodeCanonical,
  isUnread,
  keyId,
  taggedHash,
  toHex,
  transactionId,
} from '@vitalvault/contracts';
import {AnchorResultsSchema, BodySchema, DecisionSchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {AnchorEntry, Body, RequestAccess} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {RecordHeaderSchema, SkipSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {recordId} from '@vitalvault/envelope';
import type {RecordNumber} from './record.js';
import {UnknownKind} from './unknown-kind.js';

/** A committed access request with its verdict. Ids are hexadecimal. */
export interface DecidedRequest {
  readonly txId: string;
  readonly signerKeyId: string;
  readonly patient: string;
  readonly typeTag: string;
  readonly slotFrom: number;
  readonly slotTo: number;
  readonly permit: boolean;
  readonly recordLogSize: bigint;
  readonly releaseUntilHeight: bigint;
  readonly releaseUntilTime: bigint;
}

export interface IncludedAnchor {
  readonly txId: string;
  /** Whose transaction it is: anybody may sign the same body. */
  readonly signerKeyId: string;
  readonly code: number;
  readonly results: readonly {readonly code: number; readonly index: bigint}[];
  /** Record ids and skip ids of its entries, in their order; of what our own key signed only. */
  readonly entryIds: readonly string[];
}

/** A key that became the current one of somebody who may ask for access; the one before it is retired with it. */
export interface ReaderKey {
  readonly keyId: string;
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
  /** Stays when keys are replaced. */
  readonly identity: string;
  readonly kind: 'patient' | 'member';
}

/** A number that the ledger took, for a record or as given up, whoever anchored it. */
export interface TakenNumber extends RecordNumber {
  /** Owner of the registration. */
  readonly patient: string;
}

/** What storage learns from one block. */
export interface BlockFacts {
  readonly requests: readonly DecidedRequest[];
  readonly anchors: readonly IncludedAnchor[];
  readonly devices: readonly {readonly device: string; readonly publicKey: Uint8Array}[];
  /** In the order of the block, of every organisation. */
  readonly taken: readonly TakenNumber[];
  /** Registrations that their owner removed. */
  readonly removals: readonly Omit<RecordNumber, 'sequence'>[];
  /** In the order of the block. */
  readonly readers: readonly ReaderKey[];
}

/**
 * Reads a block for what concerns storage: decisions, anchor results, keys of devices and readers. Anchors of other
 * organisations are among them. A transaction or result that cannot be read is a fault of this program or of the node:
 * it throws, and the follower stands still rather than skips.
 *
 * @param ownKey hexadecimal id of the key that this storage signs with
 */
export function factsOf(
  txs: readonly Uint8Array[],
  results: readonly {code: number; data: Uint8Array}[],
  ownKey = '',
): BlockFacts {
  const facts = {
    requests: [] as DecidedRequest[],
    anchors: [] as IncludedAnchor[],
    devices: [] as {device: string; publicKey: Uint8Array}[],
    taken: [] as TakenNumber[],
    removals: [] as Omit<RecordNumber, 'sequence'>[],
    readers: [] as ReaderKey[],
  };
  for (const [place, bytes] of txs.entries()) {
    const result = results[place];
    if (result === undefined) throw new RangeError('a block with fewer results than transactions');
    const tx = readTx(bytes, result.code);
    if (tx === undefined) continue;
    const {message} = tx.body;
    if (message.case === undefined && result.code === 0)
      throw new RangeError('a transaction without a message was executed');
    if (message.case === 'anchorRecords') {
      const entries = result.code === 0 ? decodeCanonical(AnchorResultsSchema, result.data).results : [];
      const entryIds = tx.signerKeyId === ownKey ? message.value.entries.map(idOfEntry) : [];
      facts.anchors.push({txId: tx.txId, signerKeyId: tx.signerKeyId, code: result.code, results: entries, entryIds});
      facts.taken.push(...message.value.entries.filter((_, index) => entries[index]?.code === 0).map(takenBy));
    } else if (result.code === 0) {
      takeExecuted(facts, tx, result.data);
    }
  }
  return facts;
}

interface CollectedFacts {
  readonly requests: DecidedRequest[];
  readonly devices: {device: string; publicKey: Uint8Array}[];
  readonly removals: Omit<RecordNumber, 'sequence'>[];
  readonly readers: ReaderKey[];
}

function takeExecuted(facts: CollectedFacts, {txId, signerKeyId, body: {message}}: ReadTx, data: Uint8Array): void {
  if (message.case === 'requestAccess')
    facts.requests.push({txId, signerKeyId, ...scopeOf(message.value), ...decisionOf(data)});
  else if (message.case === 'registerDevice' && message.value.deviceKey !== undefined)
    facts.devices.push({device: toHex(keyId(message.value.deviceKey)), publicKey: verifiable(message.value.deviceKey)});
  else if (message.case === 'removeDevice')
    facts.removals.push({device: toHex(message.value.device), registration: message.value.registration});
  else facts.readers.push(...readerKeysOf(message));
}

// We have signed it, so it is whole.
function idOfEntry({entry}: AnchorEntry): string {
  if (entry.case === undefined) throw new RangeError('an entry of ours that is none');
  return toHex(entry.case === 'record' ? recordId(entry.value) : taggedHash('skip', entry.value.skip));
}

// The ledger has taken it, so it is canonical.
function takenBy({entry}: AnchorEntry): TakenNumber {
  if (entry.case === undefined) throw new RangeError('an entry was anchored that is none');
  const {patient, device, registration, sequence} =
    entry.case === 'record'
      ? fromBinary(RecordHeaderSchema, entry.value.header)
      : fromBinary(SkipSchema, entry.value.skip);
  return {patient: toHex(patient), device: toHex(device), registration, sequence};
}

function readerKeysOf({case: kind, value}: Body['message']): ReaderKey[] {
  switch (kind) {
    case 'enrolPatient':
    case 'registerMember': {
      const {signingKey: key} = value;
      if (key === undefined) return [];
      const id = toHex(keyId(key));
      return [
        {keyId: id, publicKey: verifiable(key), identity: id, kind: kind === 'enrolPatient' ? 'patient' : 'member'},
      ];
    }
    case 'publishKeys': {
      const {newSigningKey: key, identity, succession} = value;
      if (key === undefined) return [];
      // Only a patient's new key comes with a succession.
      const whose = succession === undefined ? 'member' : 'patient';
      return [{keyId: toHex(keyId(key)), publicKey: verifiable(key), identity: toHex(identity), kind: whose}];
    }
    default:
      return [];
  }
}

// A reader's requests and a device's records are verified by these: with a key of another kind nobody here can.
function verifiable({alg, publicKey}: Pick<SigningKey, 'alg' | 'publicKey'>): Uint8Array {
  if (alg !== ALG_ES256K) throw new UnknownKind(`a key of algorithm ${alg}`);
  return publicKey;
}

interface ReadTx {
  readonly txId: string;
  readonly body: Body;
  readonly signerKeyId: string;
}

// Left out is what the ledger could not read either, and what nobody signed; with code 0 there is no such thing.
function readTx(bytes: Uint8Array, code: number): ReadTx | undefined {
  try {
    const {body, signatures} = decodeCanonical(TxSchema, bytes);
    const [first] = signatures;
    if (first === undefined && code !== 0) return undefined;
    if (first === undefined) throw new RangeError('a transaction was executed that nobody signed');
    return {
      txId: toHex(transactionId(body, signatures)),
      body: decodeCanonical(BodySchema, body),
      signerKeyId: toHex(keyId(first)),
    };
  } catch (error) {
    if (error instanceof NotCanonicalError && isUnread(code)) return undefined;
    throw error;
  }
}

const scopeOf = ({patient, typeTag, slotFrom, slotTo}: RequestAccess) => ({
  patient: toHex(patient),
  typeTag: toHex(typeTag),
  slotFrom,
  slotTo,
});

function decisionOf(data: Uint8Array) {
  const {permit, recordLogSize, releaseUntilHeight, releaseUntilTime} = decodeCanonical(DecisionSchema, data);
  return {permit, recordLogSize, releaseUntilHeight, releaseUntilTime};
}
