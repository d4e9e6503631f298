import {Controller, Inject} from '@nestjs/common';
import {GrpcMethod} from '@nestjs/microservices';
import type {MessageInitShape} from '@bufbuild/protobuf';
import {LIMITS, toHex} from '@vitalvault/contracts';
import type {
  DeviceRegistrationSchema,
  GetEpochStatementsRequest,
  GetEpochStatementsResponseSchema,
  GetRegistrationsRequest,
  GetRegistrationsResponseSchema,
  GetSuccessionsRequest,
  GetSuccessionsResponseSchema,
  ReleaseKeysRequest,
  ReleaseKeysResponseSchema,
} from '@vitalvault/contracts/gen/policy/v1/policy';
import {DomainError} from '@vitalvault/errors';
import {positionAtLeast} from '../../application/freshness.js';
import type {Projection, RegisteredDevice} from '../../application/ports.js';
import {ReleaseKeys} from '../../application/release-keys.js';
import {PROJECTION} from '../../policy.tokens.js';

const MAX_REQUEST_BYTES = 65_536;

/** What NestJS hands over of a call, as far as we look at it. */
interface CallUnderWay {
  /** Its deadline is over, or whoever asked has gone. */
  readonly cancelled: boolean;
  on(event: 'cancelled', then: () => void): unknown;
  /** Address and port, as gRPC writes them. */
  getPeer(): string;
}

/** gRPC of the other services of this organisation. */
@Controller()
export class PolicyGrpcController {
  constructor(
    @Inject(ReleaseKeys) private readonly releaseKeysCase: ReleaseKeys,
    @Inject(PROJECTION) private readonly projection: Projection,
  ) {}

  @GrpcMethod('PolicyService', 'ReleaseKeys')
  async releaseKeys(
    {txId, signedRequest, records, seenHeight}: ReleaseKeysRequest,
    _metadata: unknown,
    call: CallUnderWay,
  ): Promise<MessageInitShape<typeof ReleaseKeysResponseSchema>> {
    if (txId.length !== 32) throw new DomainError('invalid-field', {detail: 'tx_id: 32 bytes'});
    if (records.length === 0 || records.length > LIMITS.releasePage)
      throw new DomainError('invalid-field', {detail: `records: 1 to ${LIMITS.releasePage}`});
    if (signedRequest.length === 0 || signedRequest.length > MAX_REQUEST_BYTES)
      throw new DomainError('invalid-field', {detail: 'signed_request: missing or too long'});
    const gone = new AbortController();
    call.on('cancelled', () => gone.abort());
    if (call.cancelled) gone.abort();
    return this.releaseKeysCase.execute({
      from: addressOf(call.getPeer()),
      txId: toHex(txId),
      signedRequest,
      records,
      seenHeight,
      gone: gone.signal,
    });
  }

  @GrpcMethod('PolicyService', 'GetRegistrations')
  async getRegistrations({
    registrations,
  }: GetRegistrationsRequest): Promise<MessageInitShape<typeof GetRegistrationsResponseSchema>> {
    if (registrations.length > LIMITS.questionsAtOnce)
      throw new DomainError('invalid-field', {detail: `registrations: ${LIMITS.questionsAtOnce} at the most`});
    const places = registrations.map(({device, registration}) => ({device: toHex(device), registration}));
    return {registrations: (await this.projection.registrationsAt(places)).map(toMessage)};
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

function toMessage(found: RegisteredDevice | undefined): MessageInitShape<typeof DeviceRegistrationSchema> {
  if (found?.device.key === undefined) return {found: false};
  const {owner, typeTags, fromSlot, removedAtTime, distrustFromSlot} = found.registration;
  return {found: true, key: found.device.key, owner, typeTags, fromSlot, removedAtTime, distrustFromSlot};
}

/** Without the port, which is another one for each connection. */
const addressOf = (peer: string): string => peer.replace(/:\d+$/, '');
