import {create} from '@bufbuild/protobuf';
import {STATE_KIND, encodeCanonical, equalBytes, fromHex} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DomainError} from '@vitalvault/errors';
import {verifyAnswer} from '@vitalvault/light-client';
import type {ChainTrust, ProofQuestion} from '@vitalvault/light-client';
import type {Id, LedgerSource} from './ports.js';

/** Proofs with the header that carries their root, for somebody who verifies both. */
export interface ProofsWithHeader {
  /** Canonical bytes of a ProofResponse. */
  readonly proof: Uint8Array;
  /** JSON text of the `signed_header` of height `proof.height + 1`. */
  readonly signedHeader: string;
}

/** Which validator is asked; absent: whichever answers, the own one first. */
export interface Asked {
  readonly validator?: number | undefined;
}

export interface LogPage extends Asked {
  readonly kind: typeof STATE_KIND.recordLog | typeof STATE_KIND.accessLog;
  readonly from: bigint;
  readonly limit: number;
}

/** Hands on what a validator says with proofs. Believed by nobody: the caller verifies it from the genesis. */
export class AnswerProofs {
  constructor(
    private readonly options: {trust: ChainTrust},
    private readonly ports: {ledger: LedgerSource},
  ) {}

  /** @throws DomainError not-yours when it asks for a log of another than `caller`. */
  async anyState(caller: Id, request: ProofQuestion, asked: Asked): Promise<ProofsWithHeader> {
    const own = fromHex(caller);
    if (request.logs?.some(({patient}) => patient === undefined || !equalBytes(patient, own)) === true) {
      throw new DomainError('not-yours', {detail: 'Logs are given to their patient only.'});
    }
    return this.answer(request, asked);
  }

  /** A page of a patient's log with the proof of its head. */
  async log(patient: Id, {kind, from, limit, validator}: LogPage): Promise<ProofsWithHeader> {
    const id = fromHex(patient);
    return this.answer({keys: [{kind, parts: [id]}], logs: [{kind, patient: id, from, limit}]}, {validator});
  }

  /** The header of a height, as one validator has it. @throws DomainError not-found while there is none */
  async header(height: bigint | 'latest', {validator}: Asked): Promise<string> {
    this.refuseUnknown(validator);
    return this.ports.ledger.signedHeader(height, validator);
  }

  private refuseUnknown(validator: number | undefined): void {
    const {validators} = this.ports.ledger;
    if (validator !== undefined && validator >= validators)
      throw new DomainError('invalid-field', {detail: `validator: there are ${validators}`, meta: {validators}});
  }

  private async answer(request: ProofQuestion, {validator}: Asked): Promise<ProofsWithHeader> {
    const {ledger} = this.ports;
    this.refuseUnknown(validator);
    const response = await ledger.proofs(request, validator);
    const newest = await ledger.signedHeader('latest', validator);
    // While nothing changes, the next header is seconds away, but the newest one carries the same root: then the answer
    // speaks for the state before that header just as well.
    const verdict = verifyAnswer({request, response, signedHeader: newest}, this.options.trust);
    if (verdict.ok)
      return bundle(create(ProofResponseSchema, {...response, height: verdict.header.height - 1n}), newest);
    return bundle(response, await ledger.waitForHeader(response.height + 1n, validator));
  }
}

const bundle = (response: ProofResponse, signedHeader: string): ProofsWithHeader => ({
  proof: encodeCanonical(ProofResponseSchema, response),
  signedHeader,
});
