import {ALG_ES256K, build, encodeCanonical, taggedHash} from '@vitalvault/contracts';
import {AcceptedSchema, SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {SignedAccepted} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {IncomingRecord} from '../domain/incoming-record.js';
import type {ReceiptSigner} from './ports.js';

/** Writes the receipt that says "durable here"; handed out only after it is. @paper DP-13 */
export class IssueReceipt {
  constructor(
    private readonly options: {chainId: string; organisation: Uint8Array},
    private readonly ports: {signer: ReceiptSigner},
  ) {}

  execute({header, recordId}: IncomingRecord, acceptedAtMs: number): SignedAccepted {
    const accepted = encodeCanonical(AcceptedSchema, {
      ...this.options,
      recordId,
      device: header.device,
      registration: header.registration,
      sequence: header.sequence,
      acceptedAtMs: BigInt(acceptedAtMs),
    });
    const {signer} = this.ports;
    const signature = {
      alg: ALG_ES256K,
      publicKey: signer.publicKey,
      signature: signer.sign(taggedHash('accepted', accepted)),
    };
    return build(SignedAcceptedSchema, {accepted, signature});
  }
}
