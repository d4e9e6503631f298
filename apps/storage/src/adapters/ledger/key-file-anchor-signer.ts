import {ALG_ES256K, fromHex, keyId, sha256Of, toHex} from '@vitalvault/contracts';
import {encodeBody, publicKeyOf, signTx, txId} from '@vitalvault/envelope';
import {readFile} from 'node:fs/promises';
import {z} from 'zod';
import type {AnchorSigner} from '../../application/ports.js';

const keyFile = z.object({
  alg: z.literal(ALG_ES256K),
  publicKey: z.string().regex(/^[0-9a-f]{66}$/),
  privateKey: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Signs AnchorRecords with the storage key from a file. */
export async function readAnchorSigner(file: string, chainId: string): Promise<AnchorSigner> {
  const parsed = keyFile.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) throw new Error('the storage key file is not an ES256K key');
  const privateKey = fromHex(parsed.data.privateKey);
  const publicKey = publicKeyOf(privateKey);
  if (toHex(publicKey) !== parsed.data.publicKey)
    throw new Error("the storage key file has a public key that is not its private key's");
  return {
    keyId: toHex(keyId({alg: ALG_ES256K, publicKey})),
    sign: ({entries, ...header}) => {
      const body = encodeBody({
        version: 1,
        chainId,
        ...header,
        message: {case: 'anchorRecords', value: {entries: [...entries]}},
      });
      const tx = signTx(body, [privateKey]);
      return {txId: toHex(txId(body)), txHash: toHex(sha256Of(tx)), tx};
    },
  };
}
