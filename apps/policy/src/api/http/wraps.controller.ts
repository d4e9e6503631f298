import {Controller, Inject} from '@nestjs/common';
import {Serves, hexText, route} from '@vitalvault/http';
import type {RequestOf} from '@vitalvault/http';
import {z} from 'zod';
import {positionAtLeast} from '../../application/freshness.js';
import {GetWraps} from '../../application/get-wraps.js';
import {KeepWraps} from '../../application/keep-wraps.js';
import type {Projection} from '../../application/ports.js';
import {PROJECTION} from '../../policy.tokens.js';
import {onlyPatient} from './only-patient.js';
import {atLeastQuery} from './path.dto.js';
import {OWN} from './possible-codes.js';
import {protobufType} from './protobuf-type.js';

const path = '/v1/patients/{patient}/grants/{grantId}/wraps';
const params = z.strictObject({patient: hexText(20), grantId: hexText(16)});
const bytes = [protobufType('wraps')] as const;

const putWraps = route({
  method: 'put',
  path,
  operationId: 'putWraps',
  summary: 'Leaves epoch keys wrapped for the grantee of one grant.',
  signedBy: 'the patient',
  params,
  body: {bytes, description: 'SignedWrapBundle.'},
  answers: {204: {description: 'Kept.'}},
  errors: ['unknown-field', 'not-yours', 'not-found', 'wrap-invalid'],
});

const getWraps = route({
  method: 'get',
  path,
  operationId: 'getWraps',
  summary: 'The wrapped epoch keys of one grant.',
  signedBy: 'the patient, or a grantee while the grant stands',
  params,
  query: atLeastQuery,
  answers: {200: {description: 'SignedWrapBundle.', bytes}},
  errors: [...OWN, 'not-found'],
});

/** Epoch keys wrapped for the grantee of one grant. */
@Controller()
export class WrapsController {
  constructor(
    @Inject(KeepWraps) private readonly keepWraps: KeepWraps,
    @Inject(GetWraps) private readonly getWraps: GetWraps,
    @Inject(PROJECTION) private readonly projection: Projection,
  ) {}

  @Serves(putWraps)
  async put({caller, params, body}: RequestOf<typeof putWraps>): Promise<void> {
    onlyPatient(caller, params.patient);
    await this.keepWraps.execute(params, body);
  }

  @Serves(getWraps)
  async get({caller, params, query: {atLeast}}: RequestOf<typeof getWraps>): Promise<Uint8Array> {
    await positionAtLeast(this.projection, atLeast);
    return this.getWraps.execute(params, caller.identity);
  }
}
