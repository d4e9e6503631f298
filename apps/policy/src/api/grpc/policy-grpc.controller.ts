import {Controller, Inject} from '@nestjs/common';
import {GrpcMethod} from '@nestjs/microservices';
import type {MessageInitShape} from '@bufbuild/protobuf';
import {LIMITS, toHex} from '@vitalvault/contracts';
import type {
  GetDeviceRequest,
  GetDeviceResponseSchema,
  GetEpochStatementsRequest,
  GetEpochStatementsResponseSchema,
  GetSuccessionsRequest,
  GetSuccessionsResponseSchema,
  ReleaseKeysRequest,
  ReleaseKeysResponseSchema,
} from '@vitalvault/contracts/gen/policy/v1/policy';
import {DomainError} from '@vitalvault/errors';
import {FindDevice} from '../../application/find-device.js';
import {positionAtLeast} from '../../application/freshness.js';
import type {Projection} from '../../application/ports.js';
import {ReleaseKeys} from '../../application/release-keys.js';
import {PROJECTION} from '../../policy.tokens.js';

const MAX_REQUEST_BYTES = 65_536;

/** gRPC of the other services of this organisation. */
@Controller()
export class PolicyGrpcController {
  constructor(
    @Inject(ReleaseKeys) private readonly releaseKeysCase: ReleaseKeys,
    @Inject(FindDevice) private readonly findDevice: FindDevice,
    @Inject(PROJECTION) private readonly projection: Projection,
  ) {}

  @GrpcMethod('PolicyService', 'ReleaseKeys')
  async releaseKeys({
    txId,
    signedRequest,
    records,
    seenHeight,
  }: ReleaseKeysRequest): Promise<MessageInitShape<typeof ReleaseKeysResponseSchema>> {
    if (txId.length !== 32) throw new DomainError('invalid-field', {detail: 'tx_id: 32 bytes'});
    if (records.length === 0 || records.length > LIMITS.releasePage)
      throw new DomainError('invalid-field', {detail: `records: 1 to ${LIMITS.releasePage}`});
    if (signedRequest.length === 0 || signedRequest.length > MAX_REQUEST_BYTES)
      throw new DomainError('invalid-field', {detail: 'signed_request: missing or too long'});
    return this.releaseKeysCase.execute({txId: toHex(txId), signedRequest, records, seenHeight});
  }

  @GrpcMethod('PolicyService', 'GetDevice')
  async getDevice(request: GetDeviceRequest): Promise<MessageInitShape<typeof GetDeviceResponseSchema>> {
    const {at, blockSlot, device, registration} = await this.findDevice.execute(
      toHex(request.device),
      request.registration,
    );
    const place = {newestRegistration: device?.registration ?? 0, atHeight: at.height, blockSlot};
    if (device?.key === undefined || registration === undefined) return {found: false, ...place};
    const {owner, typeTags, fromSlot, removedAtTime, distrustFromSlot} = registration;
    return {found: true, key: device.key, owner, typeTags, fromSlot, removedAtTime, distrustFromSlot, ...place};
  }

  @GrpcMethod('PolicyService', 'GetEpochStatements')
  async getEpochStatements({
    patient,
    typeTag,
  }: GetEpochStatementsRequest): Promise<MessageInitShape<typeof GetEpochStatementsResponseSchema>> {
    const {height} = await positionAtLeast(this.projection, undefined);
    const statements = await this.projection.epochStatements(
      toHex(patient),
      typeTag.length === 0 ? undefined : toHex(typeTag),
    );
    return {statements, atHeight: height};
  }

  @GrpcMethod('PolicyService', 'GetSuccessions')
  async getSuccessions({
    patient,
    after,
  }: GetSuccessionsRequest): Promise<MessageInitShape<typeof GetSuccessionsResponseSchema>> {
    const {height} = await positionAtLeast(this.projection, undefined);
    return {successions: await this.projection.successions(toHex(patient), after), atHeight: height};
  }
}
