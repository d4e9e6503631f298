import {Controller, Inject} from '@nestjs/common';
import {Serves, hexText, route} from '@vitalvault/http';
import type {RequestOf} from '@vitalvault/http';
import {z} from 'zod';
import {positionAtLeast} from '../../application/freshness.js';
import {GetProfile} from '../../application/get-profile.js';
import {KeepProfile} from '../../application/keep-profile.js';
import type {Projection} from '../../application/ports.js';
import {PROJECTION} from '../../policy.tokens.js';
import {atLeastQuery} from './path.dto.js';
import {protobufType} from './protobuf-type.js';

const path = '/v1/members/{member}/profile';
const params = z.strictObject({member: hexText(20)});
const bytes = [protobufType('profile')] as const;

const putProfile = route({
  method: 'put',
  path,
  operationId: 'putProfile',
  summary: 'Who a member is, as her organisation signed it.',
  params,
  body: {bytes, description: 'SignedMemberProfile.'},
  answers: {204: {description: 'Kept.'}},
  errors: ['unknown-field', 'not-found', 'behind', 'database-unavailable'],
});

const getProfile = route({
  method: 'get',
  path,
  operationId: 'getProfile',
  summary: 'Who a member is.',
  signedBy: 'any identity of the ledger',
  params,
  query: atLeastQuery,
  answers: {200: {description: 'SignedMemberProfile.', bytes}},
  errors: ['not-found', 'behind'],
});

/** Who a member is, as her organisation signed it. Not for the public: only who is on the ledger may read it. */
@Controller()
export class MembersController {
  constructor(
    @Inject(KeepProfile) private readonly keepProfile: KeepProfile,
    @Inject(GetProfile) private readonly getProfile: GetProfile,
    @Inject(PROJECTION) private readonly projection: Projection,
  ) {}

  @Serves(putProfile)
  async put({params: {member}, body}: RequestOf<typeof putProfile>): Promise<void> {
    await this.keepProfile.execute(member, body);
  }

  @Serves(getProfile)
  async get({params: {member}, query: {atLeast}}: RequestOf<typeof getProfile>): Promise<Uint8Array> {
    await positionAtLeast(this.projection, atLeast);
    return this.getProfile.execute(member);
  }
}
