import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {DomainError} from '@vitalvault/errors';
import {faultOfDevice} from '../domain/check-device.js';
import type {RegisteredDevice} from '../domain/check-device.js';
import {readRecord} from '../domain/incoming-record.js';
import type {IncomingRecord} from '../domain/incoming-record.js';
import type {ReleaseKeys} from '../domain/release-keys.js';
import {eachLimited} from './each-limited.js';
import {registrationKey} from './known-facts.js';
import type {KnownFacts} from './known-facts.js';
import type {AskAsStranger, Clock} from './ports.js';
import type {Turns} from './turns.js';
import type {VerifySignatures} from './verify-signatures.js';

const PATIENTS_AT_ONCE = 32;

/**
 * Whether records may be taken, as far as numbers and quotas do not matter: cheapest check first, what needs a question
 * to another service last, and one question for the devices of all of them. The ledger asks the same again and is the
 * judge; what is refused here would be refused there for good.
 */
export class JudgeRecords {
  constructor(
    private readonly options: {chainId: string; now: Clock},
    private readonly ports: {facts: KnownFacts; releaseKeys: ReleaseKeys; signatures: VerifySignatures; turns: Turns},
  ) {}

  /**
   * @returns each record in its place, or why it is refused. @throws DomainError `policy-unavailable`, and what `ask`
   *   throws
   */
  async execute(posted: readonly PostedRecord[], ask: AskAsStranger): Promise<(IncomingRecord | DomainError)[]> {
    const nowMs = this.options.now();
    // One after the other: so requests have their steps in turn, and a small one stands behind no large one.
    const read = await eachLimited(posted, 1, async (one) => {
      await this.ports.turns.next();
      return this.#read(one, nowMs);
    });
    const devices = await this.ports.facts.devices(
      read.flatMap((one) => (one instanceof DomainError ? [] : [one.header])),
      ask,
    );
    const signed = await eachLimited(read, 1, async (one) => {
      if (one instanceof DomainError) return one;
      return (await this.#faultOf(one, devices.get(registrationKey(one.header)), {nowMs, ask})) ?? one;
    });
    return eachLimited(signed, PATIENTS_AT_ONCE, async (one) => {
      if (one instanceof DomainError || (await this.ports.facts.epochCovers(one.header))) return one;
      return new DomainError('unknown-epoch');
    });
  }

  #read(posted: PostedRecord, nowMs: number): IncomingRecord | DomainError {
    const record = readRecord(posted, this.options.chainId);
    if (record instanceof DomainError) return record;
    return this.ports.releaseKeys.covers(record.header, nowMs) ? record : new DomainError('unknown-release-key');
  }

  async #faultOf(
    {header, recordId: digest, posted: {signature}}: IncomingRecord,
    device: RegisteredDevice | undefined,
    {nowMs, ask}: {nowMs: number; ask: AskAsStranger},
  ): Promise<DomainError | undefined> {
    if (device === undefined) return new DomainError('unknown-device');
    const signed = {signer: registrationKey(header), publicKey: device.publicKey, digest, signature};
    return (await this.ports.signatures.execute(signed, ask)) ?? faultOfDevice(device, header, nowMs);
  }
}
