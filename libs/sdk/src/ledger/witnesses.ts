import {equalBytes, toHex} from '@vitalvault/contracts';
import {verifySignedHeader} from '@vitalvault/light-client';
import type {ParsedGenesis, VerifiedHeader} from '@vitalvault/light-client';
import {SdkError} from '../sdk-error.js';

/** A header as somebody else than the answering validator gives it. JSON that can be kept. */
export interface WitnessedHeader {
  /** Who was asked, for people. */
  name: string;
  /** `signed_header` of CometBFT's RPC. */
  signedHeader: object;
}

/** One who was asked and gave no header. */
export interface SilentWitness {
  name: string;
  /** Code of an `SdkError`; `network`: it was not reached. */
  reason: string;
}

/** Somebody who can be asked for a header: another organisation's policy service, or another validator. */
export interface Witness {
  name: string;
  /** Undefined: it has none, or cannot be reached. */
  headerAt: (height: bigint) => Promise<object | undefined>;
}

export interface WitnessVerdict {
  /** Who gives the same header. */
  agreedBy: string[];
  /**
   * Who gave nothing, or something that is no header of this chain at that height, and why. Nothing is proven against
   * the header by that.
   */
  unusable: {name: string; reason: string}[];
}

/**
 * Compares a verified header with what others give for its height. Two headers that the genesis' validators both signed
 * are a fork: at least a third of them signed twice, and whoever shows only one of them hides something.
 * @param answeredBy who gave the header
 * @throws SdkError `headers-differ`, naming both
 * @spec docs/protocol.md §5.2
 */
export function compareWitnesses(
  header: VerifiedHeader,
  witnessed: readonly WitnessedHeader[],
  {genesis, answeredBy}: {genesis: ParsedGenesis; answeredBy: string},
): WitnessVerdict {
  const verdict: WitnessVerdict = {agreedBy: [], unusable: []};
  for (const {name, signedHeader} of witnessed) {
    // Of any time: the header that it is compared with has its own checked, and a fork is one at any time.
    const read = verifySignedHeader(signedHeader, genesis, 'any-time');
    if (!read.ok) verdict.unusable.push({name, reason: read.reason});
    else if (read.header.height !== header.height) verdict.unusable.push({name, reason: 'another-height'});
    else if (equalBytes(read.header.hash, header.hash)) verdict.agreedBy.push(name);
    else {
      throw new SdkError('headers-differ', {
        detail: `at height ${header.height} ${answeredBy} gives header ${toHex(header.hash)}, ${name} gives ${toHex(read.header.hash)}; both are signed by more than two thirds`,
        meta: {
          height: String(header.height),
          answeredBy,
          witness: name,
          hash: toHex(header.hash),
          other: toHex(read.header.hash),
        },
      });
    }
  }
  return verdict;
}
