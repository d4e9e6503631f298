import {equalBytes} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {readSkip} from '../domain/incoming-skip.js';
import type {IncomingSkip} from '../domain/incoming-skip.js';
import type {RecordNumber} from '../domain/incoming-record.js';
import {numberFault} from '../domain/number-window.js';
import type {RecentNumbers} from '../domain/recent-numbers.js';
import type {ChargeQuota} from './charge-quota.js';
import {registrationKey} from './known-facts.js';
import type {KnownFacts} from './known-facts.js';
import type {AcceptedLog, AskAsStranger, Clock, PlaceInLog} from './ports.js';
import type {StorageBacklog} from './storage-backlog.js';
import type {VerifySignatures} from './verify-signatures.js';

/**
 * Takes a device's word that it gives a number up, so that the ledger's window can move over it. Only a number without
 * a record, or whose record was refused for good, can be given up. @spec docs/protocol.md §3.6
 */
export class AcceptSkip {
  constructor(
    private readonly options: {chainId: string; now: Clock},
    private readonly ports: {
      backlog: StorageBacklog;
      facts: KnownFacts;
      signatures: VerifySignatures;
      quota: ChargeQuota;
      recent: RecentNumbers;
      log: AcceptedLog;
    },
  ) {}

  /** @returns the number, when that is durable. @throws DomainError why it is refused */
  async execute(body: Uint8Array, ask: AskAsStranger): Promise<RecordNumber> {
    const read = readSkip(body, this.options.chainId);
    if (read instanceof DomainError) throw read;
    const place = this.ports.log.reserve(1, body.length);
    try {
      await this.ports.backlog.check();
      await this.#checkDevice(read, ask);
      if (!(await this.#isGivenUp(read))) await this.#append(read, place);
      return read.number;
    } finally {
      place.leave();
    }
  }

  async #checkDevice({skip, digest, entry}: IncomingSkip, ask: AskAsStranger): Promise<void> {
    const device = await this.ports.facts.device(skip, ask);
    if (device === undefined) throw new DomainError('unknown-device');
    const {publicKey} = device;
    const signed = {signer: registrationKey(skip), publicKey, digest, signature: entry.signature};
    const fault = await this.ports.signatures.execute(signed, ask);
    if (fault?.code === 'record-signature')
      throw new DomainError('record-signature', {detail: 'It covers T("skip", skip).'});
    if (fault !== undefined) throw fault;
    if (!equalBytes(device.owner, skip.patient)) throw new DomainError('unknown-device');
    // There is nothing more to make room for, and the ledger refuses it.
    if (device.removed !== undefined) throw new DomainError('device-removed');
    if (!device.typeTags.some((tag) => equalBytes(tag, skip.typeTag))) throw new DomainError('wrong-tag');
  }

  async #isGivenUp({skip, number, digest}: IncomingSkip): Promise<boolean> {
    const recent = this.ports.recent.get(number);
    if (recent?.durable === true && equalBytes(recent.recordId, digest)) return true;
    const [status] = await this.ports.quota.execute([skip], 'skip');
    if (status === undefined) throw new DomainError('internal', {detail: 'storage did not answer for the number'});
    const {record: stored, lowestOpen} = status;
    if (stored?.state === 'skipped') return true;
    if (stored === undefined ? recent?.receipt !== undefined : stored.state !== 'refused')
      throw new DomainError('sequence-conflict', {detail: 'The number has a record that was not refused.'});
    const fault = numberFault(skip.sequence, lowestOpen);
    if (fault !== undefined) throw fault;
    return false;
  }

  async #append({entry, skip, number, digest}: IncomingSkip, place: PlaceInLog): Promise<void> {
    const acceptedAtMs = this.options.now();
    const given = {recordId: digest, receipt: undefined, acceptedAtMs};
    this.ports.recent.remember(number, {...given, durable: false});
    await this.ports.log.append([{patient: skip.patient, skip: entry, acceptedAtMs}], place);
    this.ports.recent.remember(number, {...given, durable: true});
  }
}
