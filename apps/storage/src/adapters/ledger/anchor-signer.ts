import {keyId, sha256Of, toHex, transactionId} from '@vitalvault/contracts';
import {encodeBody, signTx} from '@vitalvault/envelope';
import type {ServiceKey} from '@vitalvault/process';
import type {AnchorSigner} from '../../application/ports.js';

/** Signs AnchorRecords with the storage key. */
export function anchorSigner(key: ServiceKey, chainId: string): AnchorSigner {
  return {
    keyId: toHex(keyId(key)),
    sign: ({entries, ...header}) => {
      const body = encodeBody({
        version: 1,
        chainId,
        ...header,
        message: {case: 'anchorRecords', value: {entries: [...entries]}},
      });
      const tx = signTx(body, [key.privateKey]);
      return {txId: toHex(transactionId(body, [key])), txHash: toHex(sha256Of(tx)), tx};
    },
  };
}
