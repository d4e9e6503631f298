import {create} from '@bufbuild/protobuf';
import {ORG_ROLE} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {generateSigningKey, signDigest, verifyDigest} from '@vitalvault/envelope';
import {DomainError} from '@vitalvault/errors';
import {AcceptRecords} from '../../src/application/accept-records.js';
import {AcceptSkip} from '../../src/application/accept-skip.js';
import {ChargeQuota} from '../../src/application/charge-quota.js';
import {IssueReceipt} from '../../src/application/issue-receipt.js';
import {JudgeRecords} from '../../src/application/judge-records.js';
import {KnownFacts} from '../../src/application/known-facts.js';
import {NumberRecords} from '../../src/application/number-records.js';
import type {
  AcceptedLog,
  AcceptedRecord,
  AcceptedSkip,
  Admission,
  AdmissionLimits,
  AskAsStranger,
  EpochOfTag,
  LedgerFacts,
  NumberOfDevice,
  NumberStatus,
  NumberToAdmit,
  PatientEpochs,
  PatientSuccessions,
  PlaceInLog,
  RecordStatus,
  RecordTable,
} from '../../src/application/ports.js';
import {StorageBacklog} from '../../src/application/storage-backlog.js';
import {Turns} from '../../src/application/turns.js';
import {VerifySignatures} from '../../src/application/verify-signatures.js';
import type {RegisteredDevice} from '../../src/domain/check-device.js';
import {recordNumber} from '../../src/domain/incoming-record.js';
import {RecentNumbers} from '../../src/domain/recent-numbers.js';
import {ReleaseKeys} from '../../src/domain/release-keys.js';
import {CountedQuotas} from './counted-quotas.js';
import {CHAIN, NOW_MS, SLOT, deviceKey, organisation, patient, random, releaseKey, tag} from './records.js';

/** Nobody counts what is asked. */
export const freely: AskAsStranger = {
  devices: () => () => undefined,
  signature: () => undefined,
  wrong: () => undefined,
};

export class FakeFacts implements LedgerFacts {
  registered: RegisteredDevice | undefined = {
    publicKey: deviceKey.publicKey,
    owner: patient,
    typeTags: [tag],
    fromSlot: SLOT - 100,
    removed: undefined,
  };
  statements: EpochOfTag[] = [
    {typeTag: tag, epoch: 1, fromSlot: SLOT - 50, signed: incomplete(SignedEpochStatementSchema, {})},
  ];
  asked = 0;
  away = false;

  devices(wanted: readonly unknown[]): Promise<readonly (RegisteredDevice | undefined)[]> {
    this.#ask();
    return Promise.resolve(wanted.map(() => this.registered));
  }

  epochs(): Promise<PatientEpochs> {
    this.#ask();
    return Promise.resolve({statements: this.statements, atHeight: 9n});
  }

  successions(): Promise<PatientSuccessions> {
    this.#ask();
    return Promise.resolve({successions: [], atHeight: 9n});
  }

  #ask(): void {
    if (this.away) throw new DomainError('policy-unavailable');
    this.asked++;
  }
}

export class FakeTable implements RecordTable {
  readonly entries = new Map<string, RecordStatus>();
  lowestOpen = 1n;
  backlog = 0;
  backlogAsked = 0;
  away = false;
  readonly #quotas = new CountedQuotas();

  constructor(private readonly now: () => number = () => NOW_MS) {}

  async statuses(numbers: readonly NumberOfDevice[]): Promise<readonly NumberStatus[]> {
    await Promise.resolve();
    if (this.away) throw new DomainError('storage-unavailable');
    return numbers.map(({device, registration, sequence}) => ({
      record: this.entries.get(recordNumber(device, registration, sequence)),
      lowestOpen: this.lowestOpen,
    }));
  }

  async admit(asked: readonly NumberToAdmit[], limits: AdmissionLimits): Promise<Admission> {
    const statuses = await this.statuses(asked);
    const taken = this.#quotas.take(asked, limits, this.now());
    return {...taken, full: [], statuses: taken.waitMs > 0 ? [] : statuses};
  }

  backlogMs(): Promise<number> {
    this.backlogAsked++;
    return Promise.resolve(this.backlog);
  }
}

export class FakeLog implements AcceptedLog {
  readonly appended: (AcceptedRecord | AcceptedSkip)[] = [];
  fails = false;
  /** Nothing more may wait. */
  full = false;
  /** Places that were taken and not given back. */
  places = 0;
  /** Held back until resolved, when set. */
  gate: Promise<void> | undefined;

  reserve(): PlaceInLog {
    if (this.full) throw new DomainError('busy', {retryAfterSeconds: 2});
    this.places++;
    return {leave: () => this.places--};
  }

  async append(records: readonly (AcceptedRecord | AcceptedSkip)[]): Promise<void> {
    await this.gate;
    if (this.fails) throw new DomainError('bus-unavailable');
    this.appended.push(...records);
  }
}

const ingestKey = generateSigningKey(random);
export const signer = {
  publicKey: ingestKey.publicKey,
  sign: (digest: Uint8Array) => signDigest(ingestKey.privateKey, digest),
};

/** The use case over fakes, with a clock that the spec sets; `beside` another process that asks the same storage. */
export function harness(
  limits: {device?: number; owner?: number} = {},
  beside?: {readonly table: FakeTable; readonly clock: {ms: number}},
) {
  const clock = beside?.clock ?? {ms: NOW_MS};
  const now = (): number => clock.ms;
  const table = beside?.table ?? new FakeTable(now);
  const [facts, log, recent] = [new FakeFacts(), new FakeLog(), new RecentNumbers()];
  const known = new KnownFacts({ttlMs: 30_000, now}, facts);
  const releaseKeys = ReleaseKeys.of(
    create(GenesisSchema, {
      organisations: [{id: organisation, keys: [{key: releaseKey, role: ORG_ROLE.release, fromSlot: 0}]}],
    }),
    organisation,
  );
  const backlog = new StorageBacklog({retentionMs: 60_000, checkEveryMs: 3_000, now}, {table});
  const quota = new ChargeQuota(
    {
      device: {burst: limits.device ?? 256, refillPerSecond: 16},
      owner: {burst: limits.owner ?? 1_024, refillPerSecond: 64},
      mostWaiting: 4_096,
      now,
    },
    {table},
  );
  const numbers = new NumberRecords({quota, recent});
  const turns = new Turns();
  const signatures = new VerifySignatures({verifier: {verify: verifyDigest}, turns});
  const accept = new AcceptRecords(
    {now},
    {
      backlog,
      numbers,
      recent,
      log,
      judge: new JudgeRecords({chainId: CHAIN, now}, {facts: known, releaseKeys, signatures, turns}),
      receipts: new IssueReceipt({chainId: CHAIN, organisation}, {signer}),
    },
  );
  const skip = new AcceptSkip({chainId: CHAIN, now}, {backlog, facts: known, quota, recent, log, signatures});
  return {
    accept: {execute: (posted: readonly PostedRecord[]) => accept.execute(posted, freely)},
    skip: {execute: (body: Uint8Array) => skip.execute(body, freely)},
    facts,
    known,
    table,
    log,
    recent,
    clock,
  };
}
