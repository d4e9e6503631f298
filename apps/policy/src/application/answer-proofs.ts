import {create} from '@bufbuild/protobuf';
import {STATE_KIND, encodeCanonical, equalBytes, fromHex} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DomainError} from '@vitalvault/errors';
import {verifyAnswer} from '@vitalvault/light-client';
import type {ChainTrust, ProofQuestion} from '@vitalvault/light-client';
import {isRecordOf} from '../domain/record-of-device.js';
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

  /**
   * Leaves of a log go to its patient; single leaves of her record log also to the device whose records they are, which
   * forgets nothing that is not proven.
   * @throws DomainError not-yours, quota-exceeded
   */
  async execute(caller: Id, request: ProofQuestion, asked: Asked): Promise<ProofsWithHeader> {
    const own = fromHex(caller);
    const others = (request.logs ?? []).filter(({patient}) => patient === undefined || !equalBytes(patient, own));
    // Asked for one by one, at places that somebody named: no log is leafed through for them.
    if (others.some(({kind, indexes = []}) => kind !== STATE_KIND.recordLog || indexes.length === 0)) throw notYours();
    this.ports.quota.charge(caller);
    const {validator} = asked;
    refuseUnknownValidator(this.ports.ledger, validator);
    const {response, signedHeader} = await (validator === undefined
      ? this.verified(caller, request)
      : this.answer(caller, request, validator));
    const foreign = response.logs.filter(({patient}) => !equalBytes(patient, own));
    if (!foreign.every(({leaves}) => leaves.every((leaf) => isRecordOf(own, leaf)))) throw notYours();
    return {proof: encodeCanonical(ProofResponseSchema, response), signedHeader};
  }

  private async verified(caller: Id, request: ProofQuestion): Promise<Answered> {
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
    return {response: create(ProofResponseSchema, {...response, height: header.height - 1n}), signedHeader};
  }

  private async answer(caller: Id, request: ProofQuestion, validator: number): Promise<Answered> {
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
      return {
        response: create(ProofResponseSchema, {...response, height: verdict.header.height - 1n}),
        signedHeader: newest,
      };
    // Only another root is mended by another header; what else is wrong stays so, and whoever asked sees it.
    if (verdict.reason !== 'state-proof') return {response, signedHeader: newest};
    return {response, signedHeader: await ledger.waitForHeader(response.height + 1n, validator)};
  }
}

interface Answered {
  response: ProofResponse;
  signedHeader: string;
}

const notYours = (): DomainError =>
  new DomainError('not-yours', {detail: 'Logs are given to their patient, and leaves of records to their device.'});
