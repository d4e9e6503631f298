// What is really broken, which alert must say so, and what else is a true consequence that may be told.
import {inDatabase} from '../e2e/platform/platform.js';
import type {Platform} from '../e2e/platform/platform.js';
import type {Prometheus} from './prometheus.ts';

interface Told {
  readonly alert: string;
  readonly severity: 'page' | 'ticket';
  /** Labels that name the part. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Cause {
  readonly name: string;
  /** @returns mends it */
  readonly bring: (platform: Platform, prometheus: Prometheus) => Promise<() => Promise<void>>;
  /** All of these must fire, and clear when it is mended. */
  readonly told: readonly Told[];
  /** Alerts of objectives that are broken by it, indeed. */
  readonly follows?: readonly string[];
}

const page = (alert: string, labels: Told['labels'] = {}): Told => ({alert, severity: 'page', labels});
const ticket = (alert: string, labels: Told['labels'] = {}): Told => ({alert, severity: 'ticket', labels});

/** Processes that the launcher stops, and starts again. */
const stopped =
  (...names: string[]): Cause['bring'] =>
  async (platform) => {
    for (const name of names) await platform.control('stop', name);
    return async () => {
      for (const name of names) await platform.control('start', name);
    };
  };

/** A table that somebody else has locked, as a forgotten session or a migration does. */
const locked =
  (service: 'policy' | 'notify', table: string): Cause['bring'] =>
  async (platform) => {
    const [isHeld, mend] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const ended = inDatabase(platform, service, async (client) => {
      await client.query('BEGIN');
      await client.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      isHeld.resolve(undefined);
      await mend.promise;
      await client.query('ROLLBACK');
    });
    await Promise.race([isHeld.promise, ended]);
    return async () => {
      mend.resolve(undefined);
      await ended;
    };
  };

const OBJECTIVES = {
  records: ['VitalVaultRecordsRefused', 'VitalVaultRecordsLate'],
  people: ['VitalVaultKeysLate', 'VitalVaultAlertsLate', 'VitalVaultRevocationsLate'],
};

export const CAUSES: readonly Cause[] = [
  {
    name: 'notify is stopped',
    bring: stopped('notify'),
    told: [page('VitalVaultServiceDown', {program: 'notify'})],
    follows: OBJECTIVES.people,
  },
  {
    name: 'policy is killed',
    bring: async (platform) => {
      await platform.control('kill', 'policy');
      return () => platform.control('start', 'policy');
    },
    told: [page('VitalVaultServiceDown', {program: 'policy'})],
    follows: [...OBJECTIVES.people, ...OBJECTIVES.records],
  },
  {
    name: 'storage is no target any more',
    bring: (platform, prometheus) => {
      const all = Object.keys(platform.endpoints.metrics);
      prometheus.scrape(all.filter((name) => name !== 'storage'));
      return Promise.resolve(() => {
        prometheus.scrape(all);
        return Promise.resolve();
      });
    },
    told: [page('VitalVaultNotScraped', {program: 'storage'})],
  },
  {
    name: 'one validator of four is stopped',
    bring: stopped('validator-3'),
    told: [ticket('VitalVaultValidatorMissing'), ticket('VitalVaultServiceDown', {instance: 'abci-3'})],
    follows: [...OBJECTIVES.people, ...OBJECTIVES.records],
  },
  {
    name: 'two validators of four are stopped',
    bring: stopped('validator-2', 'validator-3'),
    told: [page('VitalVaultNoBlocks')],
    follows: [...OBJECTIVES.people, ...OBJECTIVES.records],
  },
  {
    name: 'Kafka is stopped',
    bring: stopped('kafka'),
    told: [page('VitalVaultKafkaAway', {program: 'ingest'}), page('VitalVaultRecordsRefused')],
    follows: [...OBJECTIVES.people, ...OBJECTIVES.records],
  },
  {
    name: 'PostgreSQL is stopped',
    bring: stopped('postgres'),
    told: ['policy', 'storage', 'notify'].map((program) => page('VitalVaultServiceDown', {program})),
    follows: [...OBJECTIVES.people, ...OBJECTIVES.records],
  },
  {
    name: "policy's table of transactions is locked",
    bring: locked('policy', 'transactions'),
    told: [page('VitalVaultFollowerBehind', {program: 'policy'})],
    follows: [...OBJECTIVES.people, ...OBJECTIVES.records],
  },
  {
    name: "notify's table of alerts is locked",
    bring: locked('notify', 'alerts'),
    told: [page('VitalVaultMessagesNotTaken', {program: 'notify'})],
    follows: OBJECTIVES.people,
  },
  {
    name: 'two IPFS peers of three are stopped',
    bring: stopped('ipfs-1', 'ipfs-2'),
    told: [page('VitalVaultRecordsNotStored')],
    follows: [...OBJECTIVES.people, ...OBJECTIVES.records],
  },
];
