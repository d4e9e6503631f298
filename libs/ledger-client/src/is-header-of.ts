import {verifySignedHeader} from '@vitalvault/light-client';
import type {ChainTrust} from '@vitalvault/light-client';

/** Whether the text is a header of this height that the validators of the genesis signed, of whatever time. */
export function isHeaderOf(height: bigint, text: string, trust: ChainTrust): boolean {
  const verdict = verifySignedHeader(text, trust, 'any-time');
  return verdict.ok && verdict.header.height === height;
}
