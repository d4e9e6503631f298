import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {DomainError} from '@vitalvault/errors';
import {faultOfDevice} from '../domain/check-device.js';
import {readRecord} from '../domain/incoming-record.js';
import type {IncomingRecord} from '../domain/incoming-record.js';
import type {ReleaseKeys} from '../domain/release-keys.js';
import type {KnownFacts} from './known-facts.js';
import type {Clock, SignatureVerifier} from './ports.js';

/**
 * Whether a record may be taken, as far as numbers and quotas do not matter: cheapest check first, what needs a
 * question to another service last. The ledger asks the same again and is the judge; what is refused here would be
 * refused there for good.
 */
export class JudgeRecord {
  constructor(
    private readonly options: {chainId: string; now: Clock},
    private readonly ports: {facts: KnownFacts; releaseKeys: ReleaseKeys; verifier: SignatureVerifier},
  ) {}

  /** @returns the record, or why it is refused. @throws DomainError `policy-unavailable` */
  async execute(posted: PostedRecord): Promise<IncomingRecord | DomainError> {
    const record = readRecord(posted, this.options.chainId);
    if (record instanceof DomainError) return record;
    const {header, recordId} = record;
    const nowMs = this.options.now();
    if (!this.ports.releaseKeys.covers(header, nowMs)) return new DomainError('unknown-release-key');
    const device = await this.ports.facts.device(header.device, header.registration);
    if (device === undefined) return new DomainError('unknown-device');
    if (!this.ports.verifier.verify(device.publicKey, recordId, posted.signature))
      return new DomainError('record-signature');
    const fault = faultOfDevice(device, header, nowMs);
    if (fault !== undefined) return fault;
    if (!(await this.ports.facts.epochCovers(header))) return new DomainError('unknown-epoch');
    return record;
  }
}
