import {NotCanonicalError, decodeCanonical, isUnread, keyId, toHex, transactionId} from '@vitalvault/contracts';
import {AnchorResultsSchema, BodySchema, DecisionSchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {Body, RequestAccess} from '@vitalvault/contracts/gen/ledger/v1/tx';

/** A committed access request with its verdict. Ids are hexadecimal, the public key is 33 bytes. */
export interface DecidedRequest {
  readonly txId: string;
  readonly signerKeyId: string;
  readonly signerPublicKey: Uint8Array;
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
}

/** What storage learns from one block. */
export interface BlockFacts {
  readonly requests: readonly DecidedRequest[];
  readonly anchors: readonly IncludedAnchor[];
  readonly devices: readonly {readonly device: string; readonly publicKey: Uint8Array}[];
}

/**
 * Reads a block for what concerns storage: decisions, anchor results, device keys. Anchors of other organisations are
 * among them. A transaction or result that cannot be read is a fault of this program or of the node: it throws, and the
 * follower stands still rather than skips.
 */
export function factsOf(txs: readonly Uint8Array[], results: readonly {code: number; data: Uint8Array}[]): BlockFacts {
  const facts = {
    requests: [] as DecidedRequest[],
    anchors: [] as IncludedAnchor[],
    devices: [] as {device: string; publicKey: Uint8Array}[],
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
      facts.anchors.push({
        txId: tx.txId,
        signerKeyId: tx.signer.signerKeyId,
        code: result.code,
        results: result.code === 0 ? decodeCanonical(AnchorResultsSchema, result.data).results : [],
      });
    } else if (message.case === 'requestAccess' && result.code === 0) {
      facts.requests.push({txId: tx.txId, ...tx.signer, ...scopeOf(message.value), ...decisionOf(result.data)});
    } else if (message.case === 'registerDevice' && result.code === 0 && message.value.deviceKey !== undefined) {
      facts.devices.push({device: toHex(keyId(message.value.deviceKey)), publicKey: message.value.deviceKey.publicKey});
    }
  }
  return facts;
}

interface ReadTx {
  readonly txId: string;
  readonly body: Body;
  readonly signer: {readonly signerKeyId: string; readonly signerPublicKey: Uint8Array};
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
      signer: {signerKeyId: toHex(keyId(first)), signerPublicKey: first.publicKey},
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
