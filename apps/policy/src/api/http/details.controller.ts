import {Controller, Inject} from '@nestjs/common';
import {Serves, route} from '@vitalvault/http';
import type {RequestOf} from '@vitalvault/http';
import {positionAtLeast} from '../../application/freshness.js';
import {GetDetails} from '../../application/get-details.js';
import {KeepDetails} from '../../application/keep-details.js';
import type {Projection} from '../../application/ports.js';
import {PROJECTION} from '../../policy.tokens.js';
import {atLeastQuery, transactionPath} from './path.dto.js';

const path = '/v1/transactions/{txId}/details';
const bytes = ['application/octet-stream'] as const;

const putDetails = route({
  method: 'put',
  path,
  operationId: 'putDetails',
  summary: 'Sealed words to the patient about one request.',
  signedBy: 'the reader',
  params: transactionPath,
  body: {bytes, description: 'Sealed to the patient (docs/protocol.md §1.5); its hash is in the request.'},
  answers: {204: {description: 'Kept.'}},
  errors: ['not-yours', 'tx-not-found'],
});

const getDetails = route({
  method: 'get',
  path,
  operationId: 'getDetails',
  summary: 'What the reader said about her request.',
  signedBy: 'the patient',
  params: transactionPath,
  query: atLeastQuery,
  answers: {200: {description: 'As it was left.', bytes}},
  errors: ['not-yours', 'tx-not-found', 'not-found', 'behind'],
});

/** Sealed words of a reader to the patient about one request. */
@Controller()
export class DetailsController {
  constructor(
    @Inject(KeepDetails) private readonly keepDetails: KeepDetails,
    @Inject(GetDetails) private readonly getDetails: GetDetails,
    @Inject(PROJECTION) private readonly projection: Projection,
  ) {}

  @Serves(putDetails)
  async put({caller, params: {txId}, body}: RequestOf<typeof putDetails>): Promise<void> {
    await this.keepDetails.execute(txId, caller.identity, body);
  }

  @Serves(getDetails)
  async get({caller, params: {txId}, query: {atLeast}}: RequestOf<typeof getDetails>): Promise<Uint8Array> {
    await positionAtLeast(this.projection, atLeast);
    return this.getDetails.execute(txId, caller.identity);
  }
}
