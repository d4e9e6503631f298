import type {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import type {Preferences, Webhook} from '../../application/ports.js';
import type {Rule} from '../../domain/rules.js';
import {inTransaction} from './database.js';
import type {Database} from './database.js';
import type {Rule as RuleRow} from './gen/client.js';

/** Webhooks and rules in PostgreSQL. */
export class PrismaPreferences implements Preferences {
  constructor(private readonly database: Database) {}

  async rules(patient: string): Promise<readonly Rule[]> {
    return (await this.rulesOf([patient])).get(patient) ?? [];
  }

  async rulesOf(patients: readonly string[]): Promise<ReadonlyMap<string, readonly Rule[]>> {
    const found = new Map<string, Rule[]>();
    if (patients.length === 0) return found;
    for (const row of await this.database.rule.findMany({
      where: {patient: {in: [...patients]}},
      orderBy: {position: 'asc'},
    })) {
      found.set(row.patient, [...(found.get(row.patient) ?? []), toRule(row)]);
    }
    return found;
  }

  async putRules(patient: string, rules: readonly Rule[]): Promise<void> {
    await inTransaction(this.database, async (session) => {
      await session.rule.deleteMany({where: {patient}});
      await session.rule.createMany({
        data: rules.map(({kind, reader, organisation, quiet, action}, position) => ({
          patient,
          position,
          kind,
          reader: reader ?? null,
          organisation: organisation ?? null,
          quietFrom: quiet?.from ?? null,
          quietTo: quiet?.to ?? null,
          action,
        })),
      });
    });
  }

  async webhooks(patient: string): Promise<readonly Webhook[]> {
    const rows = await this.database.webhook.findMany({where: {patient}, orderBy: {position: 'asc'}});
    return rows.map(({url, secret}) => ({url, secret}));
  }

  async putWebhooks(patient: string, webhooks: readonly Webhook[]): Promise<void> {
    await inTransaction(this.database, async (session) => {
      await session.webhook.deleteMany({where: {patient, url: {notIn: webhooks.map(({url}) => url)}}});
      for (const [position, {url, secret}] of webhooks.entries()) {
        await session.webhook.upsert({
          where: {patient_url: {patient, url}},
          create: {patient, url, secret, position, host: new URL(url).host},
          update: {secret, position},
        });
      }
    });
  }
}

function toRule(row: RuleRow): Rule {
  return {
    kind: row.kind as AlertKind,
    action: row.action === 'store' ? 'store' : 'deliver',
    ...(row.reader === null ? {} : {reader: row.reader}),
    ...(row.organisation === null ? {} : {organisation: row.organisation}),
    ...(row.quietFrom === null || row.quietTo === null ? {} : {quiet: {from: row.quietFrom, to: row.quietTo}}),
  };
}
