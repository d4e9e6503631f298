import {fromHex} from '@vitalvault/contracts';
import type {PolicyService} from '@vitalvault/contracts/gen/policy/v1/policy';
import type {GrpcClient} from '@vitalvault/grpc';
import type {KeyRelease} from '../../application/ports.js';

const DEADLINE_MS = 20_000;

/** policy over gRPC. Its errors come through as they are: it names itself or notify when one of them is away. */
export class GrpcKeyRelease implements KeyRelease {
  constructor(private readonly policy: GrpcClient<typeof PolicyService>) {}

  async release({
    txId,
    signedRequest,
    records,
    seenHeight,
    gone,
  }: Parameters<KeyRelease['release']>[0]): Promise<{bundle: Uint8Array}> {
    const {bundle} = await this.policy.releaseKeys(
      {
        txId: fromHex(txId),
        signedRequest,
        seenHeight,
        records: records.map(({header, ciphertextHash, innerKeyHash, sealedKey, signature, logIndex}) => ({
          header,
          ciphertextHash,
          innerKeyHash,
          sealedKey,
          signature,
          logIndex,
        })),
      },
      {deadlineMs: DEADLINE_MS, signal: gone},
    );
    return {bundle};
  }
}
