import {create} from '@bufbuild/protobuf';
import {encodeCanonical, equalBytes, fromHex} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DomainError} from '@vitalvault/errors';
import {verifyAnswer} from '@vitalvault/light-client';
import type {ChainTrust, ProofQuestion} from '@vitalvault/light-client';
import {refuseUnknownValidator} from './asked-validator.js';
import type {Asked} from './asked-validator.js';
import type {Id, LedgerSource, Projection} from './ports.js';
import type {ProofQuota} from './proof-quota.js';
import {surelyThere} from './surely-there.js';

/** Proofs with the header that carries their root, for somebody who verifies both. */
export interface ProofsWithHeader {
  /** Canonical bytes of a ProofResponse. */
  readonly proof: Uint8Array;
  /** JSON text of the `signed_header` of height `proof.height + 1`. */
  readonly signedHeader: string;
}

/**
 * Hands on proofs: as the validator that is named gives them, or an answer that verifies, whoever gives it. The caller
 * believes neither: she verifies it from the genesis.
 */
export class AnswerProofs {
  constructor(
    private readonly options: {trust: ChainTrust},
    private readonly ports: {ledger: LedgerSource; projection: Pick<Projection, 'position'>; quota: ProofQuota},
  ) {}

  /** @throws DomainError not-yours when it asks for a log of another than `caller`; quota-exceeded */
  async execute(caller: Id, request: ProofQuestion, asked: Asked): Promise<ProofsWithHeader> {
    const own = fromHex(caller);
    if (request.logs?.some(({patient}) => patient === undefined || !equalBytes(patient, own)) === true) {
      throw new DomainError('not-yours', {detail: 'Logs are given to their patient only.'});
    }
    this.ports.quota.charge(caller);
    const {validator} = asked;
    refuseUnknownValidator(this.ports.ledger, validator);
    return validator === undefined ? this.verified(caller, request) : this.answer(caller, request, validator);
  }

  private async verified(caller: Id, request: ProofQuestion): Promise<ProofsWithHeader> {
    const {ledger, projection, quota} = this.ports;
    const atLeast = await surelyThere(projection);
    const {promise, resolve, reject} = Promise.withResolvers<Awaited<ReturnType<LedgerSource['verifiedProofs']>>>();
    // Her place is free as soon as a validator has answered: whoever waits for a header costs nobody anything.
    await quota.inTurn(
      caller,
      () =>
        new Promise<void>((answered) => {
          ledger.verifiedProofs(request, {atLeast, answered}).then(resolve, reject).finally(answered);
        }),
    );
    const {response, signedHeader, header} = await promise;
    return bundle(create(ProofResponseSchema, {...response, height: header.height - 1n}), signedHeader);
  }

  private async answer(caller: Id, request: ProofQuestion, validator: number): Promise<ProofsWithHeader> {
    const {ledger, quota} = this.ports;
    const ask = async () => ({
      response: await ledger.proofs(request, validator),
      newest: await ledger.signedHeader('latest', validator),
    });
    const {response, newest} = await quota.inTurn(caller, ask, {named: true});
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
