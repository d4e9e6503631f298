import {create} from '@bufbuild/protobuf';
import {encodeCanonical, equalBytes, fromHex} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DomainError} from '@vitalvault/errors';
import {verifyAnswer} from '@vitalvault/light-client';
import type {ChainTrust, ProofQuestion} from '@vitalvault/light-client';
import {refuseUnknownValidator} from './asked-validator.js';
import type {Asked} from './asked-validator.js';
import type {Id, LedgerSource} from './ports.js';
import type {ProofQuota} from './proof-quota.js';

/** Proofs with the header that carries their root, for somebody who verifies both. */
export interface ProofsWithHeader {
  /** Canonical bytes of a ProofResponse. */
  readonly proof: Uint8Array;
  /** JSON text of the `signed_header` of height `proof.height + 1`. */
  readonly signedHeader: string;
}

/** Hands on what a validator says with proofs. Believed by nobody: the caller verifies it from the genesis. */
export class AnswerProofs {
  constructor(
    private readonly options: {trust: ChainTrust},
    private readonly ports: {ledger: LedgerSource; quota: ProofQuota},
  ) {}

  /** @throws DomainError not-yours when it asks for a log of another than `caller`; quota-exceeded */
  async execute(caller: Id, request: ProofQuestion, asked: Asked): Promise<ProofsWithHeader> {
    const own = fromHex(caller);
    if (request.logs?.some(({patient}) => patient === undefined || !equalBytes(patient, own)) === true) {
      throw new DomainError('not-yours', {detail: 'Logs are given to their patient only.'});
    }
    this.ports.quota.charge(caller);
    return this.answer(caller, request, asked);
  }

  private async answer(caller: Id, request: ProofQuestion, {validator}: Asked): Promise<ProofsWithHeader> {
    const {ledger, quota} = this.ports;
    refuseUnknownValidator(ledger, validator);
    const response = await quota.inTurn(caller, () => ledger.proofs(request, validator));
    const newest = await ledger.signedHeader('latest', validator);
    // While nothing changes, the next header is seconds away, but the newest one carries the same root: then the answer
    // speaks for the state before that header just as well.
    const verdict = verifyAnswer({request, response, signedHeader: newest}, this.options.trust, {clock: 'any-time'});
    if (verdict.ok)
      return bundle(create(ProofResponseSchema, {...response, height: verdict.header.height - 1n}), newest);
    // Only another root is mended by another header; what else is wrong stays so, and whoever asked sees it.
    if (verdict.reason !== 'state-proof') return bundle(response, newest);
    return bundle(response, await ledger.waitForHeader(response.height + 1n, validator));
  }
}

const bundle = (response: ProofResponse, signedHeader: string): ProofsWithHeader => ({
  proof: encodeCanonical(ProofResponseSchema, response),
  signedHeader,
});
