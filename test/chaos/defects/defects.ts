import type {Patch} from './seeded-tree.js';

/** A defect of the platform, and what the checker has to find: these rules and no other. */
export interface Defect {
  readonly what: string;
  readonly patches: readonly Patch[];
  /** Processes and groups of the launcher that are started with it. */
  readonly started: readonly string[];
  readonly found: readonly string[];
  /** Played by `make test`, all of these at once: none covers another's tracks. */
  readonly together?: boolean;
  /** What is late with it is there so long after the clients have ended; else 6 s. */
  readonly waitMs?: number;
  /** What clients do beside posting and reading. */
  readonly play?: 'Kafka away, and ingest killed';
}

const ALERTS = 'apps/notify/src/adapters/prisma/prisma-alert-queue.ts';
const RELEASE = 'apps/policy/src/application/release-keys.ts';
/** notify hears of the ledger late, as under load: what policy tells it by itself is what counts. */
const LATE_NOTIFY: Patch = {
  file: 'apps/notify/src/api/kafka/alert-events.controller.ts',
  old: '    const effects = records.map((record) => ({\n',
  new: '    await new Promise((resolve) => setTimeout(resolve, 3_000));\n    const effects = records.map((record) => ({\n',
};

export const DEFECTS: readonly Defect[] = [
  {what: 'none, and a notify that is late', patches: [LATE_NOTIFY], started: ['notify'], found: [], waitMs: 20_000},
  {
    what: 'storage keeps its place in the topic, and not each record',
    patches: [
      {
        file: 'apps/storage/src/application/accept-records.ts',
        old: "(one.kind === 'record' ? [one.record] : [])",
        new: "(one.kind === 'record' && one.record.sequence % 4n !== 3n ? [one.record] : [])",
      },
    ],
    started: ['storage'],
    found: ['acknowledged and lost'],
    together: true,
  },
  {
    what: 'ingest gives the receipt before Kafka has the record',
    patches: [
      {
        file: 'apps/ingest/src/application/accept-records.ts',
        old: '    await log.append(\n',
        new: '    const append = (entries: Parameters<typeof log.append>[0]): void => void log.append(entries).catch(() => undefined);\n    append(\n',
      },
    ],
    started: ['ingest'],
    found: ['acknowledged and lost'],
    play: 'Kafka away, and ingest killed',
  },
  {
    what: 'policy opens the seals, and then has her told',
    patches: [
      LATE_NOTIFY,
      {
        file: RELEASE,
        old: 'await this.ports.alerts.queue(',
        new: 'setTimeout((alert: Parameters<AlertQueue["queue"]>[0]) => void this.ports.alerts.queue(alert), 4_000,',
      },
    ],
    started: ['policy', 'notify'],
    found: ['released without an alert'],
    waitMs: 20_000,
  },
  {
    what: 'notify tells of permits, and not of refusals',
    patches: [
      {
        file: 'apps/notify/src/domain/ledger-event.ts',
        old: '      return {alert: accessAlert(event, change.value)};',
        new: '      return change.value.decision?.permit === true ? {alert: accessAlert(event, change.value)} : {};',
      },
    ],
    started: ['notify'],
    found: ['an entry without its alert'],
    together: true,
  },
  {
    what: "notify's alert of an access is another one than policy's",
    patches: [
      {
        file: 'apps/notify/src/domain/ledger-event.ts',
        old: '      ...(request === undefined ? {} : {request}),\n',
        new: '',
      },
    ],
    started: ['notify'],
    found: ['alerted twice'],
  },
  {
    what: 'policy keeps that keys left to itself',
    patches: [
      {
        file: 'apps/policy/src/adapters/prisma/prisma-release-register.ts',
        old: '        await keepMessages(session, [{...told, key: fromHex(told.key)}]);\n',
        new: '        if (told.topic === "") await keepMessages(session, [{...told, key: fromHex(told.key)}]);\n',
      },
    ],
    started: ['policy'],
    found: ['released and not told'],
    together: true,
  },
  {
    what: 'policy writes no release down',
    patches: [{file: RELEASE, old: 'await this.count(question, recordIds, facts);', new: '1;'}],
    started: ['policy'],
    found: ['released and not written down'],
  },
  {
    what: 'policy asks the ledger what was decided, and not what stands',
    patches: [
      {
        file: RELEASE,
        old: 'if (!isOwnRead(permit)) refuseIf(checkGrant(',
        new: 'if (isOwnRead(permit)) refuseIf(checkGrant(',
      },
    ],
    started: ['policy'],
    found: ['released after an acknowledged revocation'],
    together: true,
  },
  {
    what: 'policy answers a request by its own projection, and sends it on later',
    patches: [
      {
        file: 'apps/policy/src/application/submit-transaction.ts',
        old: "import {acceptTransaction} from '../domain/decode-transaction.js';",
        new: "import {encodeCanonical} from '@vitalvault/contracts';\nimport {DecisionSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';\nimport {acceptTransaction} from '../domain/decode-transaction.js';",
      },
      {
        file: 'apps/policy/src/application/submit-transaction.ts',
        old: '    const known = await this.ports.projection.transaction(txId);\n    if (known',
        new: `    if (transaction.body.message.case === 'requestAccess') {
      setTimeout(() => void this.ports.ledger.broadcast(bytes).catch(() => undefined), 9_000);
      const data = encodeCanonical(DecisionSchema, {permit: true, recordLogSize: 1n, grantVersion: 1, releaseUntilHeight: 1n << 40n, releaseUntilTime: 1n << 40n});
      return {txId, outcome: {txId, txHash: transaction.txHash, height: 1n, index: 0, code: 0, data}};
    }
    const known = await this.ports.projection.transaction(txId);
    if (known`,
      },
    ],
    started: ['policy'],
    found: ['answered otherwise than decided', 'out of order for one patient'],
    waitMs: 18_000,
  },
  {
    what: 'the ledger takes a revoked grant for one that stands',
    patches: [{file: 'libs/consent/src/decide-access.ts', old: '  if (grant.revoked) return 4;\n', new: ''}],
    started: ['validators'],
    found: ["permitted after a revocation, by the ledger's order"],
  },
  {
    what: 'notify says that an alert is durable seconds before its transaction commits',
    patches: [
      LATE_NOTIFY,
      {
        file: ALERTS,
        old: '    return inTransaction(this.database, async (session) => {\n      const fresh = await queueAll(session, alerts);\n',
        new: '    const stored = inTransaction(this.database, async (session) => {\n      const fresh = await queueAll(session, alerts);\n      if (advance === undefined) await session.$executeRaw`SELECT pg_sleep(4)`;\n',
      },
      {
        file: ALERTS,
        old: '      return fresh;\n    });\n  }\n\n  async page',
        new: '      return fresh;\n    });\n    if (advance !== undefined) return stored;\n    stored.catch(() => undefined);\n    return new Set(alerts.map(({alert}) => alert.alertId));\n  }\n\n  async page',
      },
    ],
    started: ['notify'],
    found: ['released without an alert'],
    waitMs: 20_000,
  },
  {
    what: 'storage says that a record is stored, and pins nothing',
    patches: [
      {
        file: 'apps/storage/src/adapters/ipfs/ipfs-cluster-pack-store.ts',
        old: '    const {car} = buildPack(blocks, id);\n',
        new: '    if (blocks.length > 0) return replicationMax;\n    const {car} = buildPack(blocks, id);\n',
      },
    ],
    started: ['storage'],
    found: ['acknowledged and held by no peer'],
    together: true,
  },
  {
    what: 'policy tells that keys left, and to nobody of a name',
    patches: [
      {
        file: RELEASE,
        old: '      kind: AlertKind.KEYS_RELEASED,\n',
        new: '      kind: AlertKind.KEYS_RELEASED,\n      reader: new Uint8Array(20),\n      organisation: new Uint8Array(20),\n',
      },
    ],
    started: ['policy'],
    found: ['told of somebody else'],
  },
  {
    what: 'notify keeps alerts, and shows and delivers none',
    patches: [
      {
        file: ALERTS,
        old: '    const rows = await this.database.alert.findMany({\n      where: {patient, seq',
        new: '    if (after >= 0n) return [];\n    const rows = await this.database.alert.findMany({\n      where: {patient, seq',
      },
      {file: ALERTS, old: '  if (alertIds.length === 0) return;\n', new: '  if (alertIds.length >= 0) return;\n'},
    ],
    started: ['notify'],
    found: ['kept and not shown'],
    together: true,
  },
  {
    what: 'ingest signs no receipt: zeros stand for the signature',
    patches: [
      {
        file: 'apps/ingest/src/application/issue-receipt.ts',
        old: "signer.sign(taggedHash('accepted', accepted))",
        new: "header.sequence < 0n ? signer.sign(taggedHash('accepted', accepted)) : new Uint8Array(64)",
      },
    ],
    started: ['ingest'],
    found: ['acknowledged without a receipt'],
    together: true,
  },
  {
    what: 'storage anchors twice, and the ledger has no window of numbers',
    patches: [
      {
        file: 'apps/storage/src/application/anchor-records.ts',
        old: 'entries: entries.map(({content}) => content)',
        new: 'entries: [...entries, ...entries].map(({content}) => content)',
      },
      {
        file: 'libs/ledger-state/src/sequence-window.ts',
        old: '  if (sequence < window.base) return CODE.entryDuplicate;\n',
        new: '  if (sequence < window.base) return CODE.ok;\n',
      },
      {
        file: 'libs/ledger-state/src/sequence-window.ts',
        old: '  const bitmap = withBit(window.bitmap',
        new: '  if (sequence < window.base) return window;\n  const bitmap = withBit(window.bitmap',
      },
    ],
    // Last: what the ledger has then, nothing can mend.
    started: ['validators', 'storage'],
    found: ['anchored twice'],
  },
];

/** Those that are played at once, as one. */
export function atOnce(defects: readonly Defect[]): Defect {
  const all = defects.filter(({together = false}) => together);
  return {
    what: all.map(({what}) => what).join('; '),
    patches: all.flatMap(({patches}) => patches),
    started: [...new Set(all.flatMap(({started}) => started))],
    found: all.flatMap(({found}) => found),
  };
}
