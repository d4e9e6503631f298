import {readFileSync} from 'node:fs';
import {DEFAULT_CAPACITY} from '@vitalvault/genesis';
import {planOf} from './plan.js';
import type {Load} from './plan.js';
import {RECORD_BYTES, RECORD_CPU_MS} from './unit-costs.js';

const load: Load = {
  patients: 1_000,
  recordsADay: 24,
  questionsADay: 10,
  recordsOfQuestion: 24,
  hospitals: 4,
  years: 1,
  peak: 3,
  copies: {ipfs: 3, kafka: 3},
  capacity: {leaves: 8_000_000, keys: 500_000},
};
const DAY = 86_400;

describe('planOf', () => {
  it('reckons rates from patients and their day', () => {
    const {recordsASecond, readingsASecondPeak} = planOf(load);
    expect(recordsASecond.mean).toBeCloseTo(24_000 / DAY);
    expect(recordsASecond.peak).toBeCloseTo(72_000 / DAY);
    expect(readingsASecondPeak).toBeCloseTo((72_000 * 64) / DAY);
  });

  it('agrees with docs/operations/capacity.md: how long the ledger lasts, policy by patient and year', () => {
    const table = readFileSync('docs/operations/capacity.md', 'utf8');
    expect(table).toContain('| 4.5 years | 5 months |');
    const hundred = planOf({...load, patients: 100, hospitals: 1});
    expect(hundred.ledger.fullAfterDays / 365).toBeCloseTo(4.5, 1);
    expect(planOf({...load, hospitals: 1}).ledger.fullAfterDays / 30).toBeCloseTo(5.5, 1);
    expect(table).toContain('about 36 MB a patient and year');
    expect(hundred.bytes.policy / 100 / 1e6).toBeCloseTo(36.5, 0);
  });

  it('keeps the week that Kafka has, and the shorter one of a shorter plan', () => {
    const year = planOf({...load, questionsADay: 0}).bytes.kafka;
    expect(year).toBe(3 * 7 * 24_000 * RECORD_BYTES.kafka);
    expect(planOf({...load, questionsADay: 0, years: 2}).bytes.kafka).toBe(year);
    expect(planOf({...load, questionsADay: 0, years: 1 / 365}).bytes.kafka).toBeCloseTo(year / 7);
  });

  it('grows with what it is asked for: twice the patients, twice of each store and core', () => {
    const [one, two] = [planOf(load), planOf({...load, patients: 2_000})];
    for (const store of ['storage', 'notify', 'kafka', 'ipfs'] as const)
      expect(two.bytes[store]).toBeCloseTo(2 * one.bytes[store], 0);
    for (const [part, cores] of Object.entries(one.cores)) expect(two.cores[part]).toBeCloseTo(2 * cores);
    expect(two.ledger.fullAfterDays).toBeCloseTo(one.ledger.fullAfterDays / 2);
  });

  it('counts the other hospitals for what all of them have: validators, their disks, policy', () => {
    const [alone, four] = [planOf({...load, hospitals: 1}), planOf(load)];
    expect(four.cores['validator']).toBeCloseTo(4 * (alone.cores['validator'] ?? 0));
    expect(four.cores['storage']).toBe(alone.cores['storage']);
    expect(four.bytes.comet).toBeGreaterThan(2 * alone.bytes.comet);
    // policy and notify keep what the ledger tells of every patient's questions (the rows of capacity.md).
    const [records, questions] = [load.patients * 24 * 365, load.patients * 10 * 365];
    expect(four.bytes.policy - alone.bytes.policy).toBeCloseTo(3 * (records * 14 + questions * (400 + 650)), 0);
    expect(four.bytes.notify - alone.bytes.notify).toBeCloseTo(3 * questions * 600, 0);
    expect(four.bytes.storage).toBe(alone.bytes.storage);
  });

  it('says what does not fit, and what to do', () => {
    const {limits} = planOf({...load, patients: 20_000, capacity: DEFAULT_CAPACITY});
    expect(limits.join('\n')).toMatch(/leaves: [\d,]+ are needed, and a ledger has 33,554,432 at the most/);
    expect(limits.join('\n')).toMatch(/keys: [\d,]+ are needed \(--keys\)/);
    expect(planOf({...load, patients: 50, years: 0.1}).limits).toEqual([]);
    expect(planOf({...load, patients: 3_000_000}).limits.join('\n')).toContain('every validator executes every block');
  });
});

describe('unit costs are those of the last run of the bench, within a fifth', () => {
  const report = readFileSync('bench/RESULTS.md', 'utf8');
  /** `name 12.3` of a fact's line. */
  const of = (fact: RegExp, name: string): number => {
    const line = report.split('\n').find((text) => fact.test(text)) ?? '';
    return Number(new RegExp(`(?:: |· )${name} ([\\d.]+)`).exec(line)?.[1] ?? Number.NaN);
  };
  const cpu = (name: string): number => of(/^- CPU for a record, ms:/, name);
  const disk = (name: string): number => of(/^- disk for a record of/, name);
  const within = (value: number, measured: number): void => {
    expect(value / measured).toBeGreaterThan(0.8);
    expect(value / measured).toBeLessThan(1.2);
  };

  it.each(['ingest', 'storage', 'policy', 'postgres', 'kafka'] as const)('CPU of %s', (part) => {
    within(RECORD_CPU_MS[part], cpu(part));
  });
  it('CPU of a validator and of an IPFS peer', () => {
    within(RECORD_CPU_MS.validator, (cpu('abci') + cpu('comet')) / 4);
    within(RECORD_CPU_MS['ipfs peer'], (cpu('kubo') + cpu('cluster')) / 3);
  });
  it.each([
    ['storage', 'postgres storage'],
    ['kafka', 'kafka'],
    ['ipfs', 'ipfs, a copy'],
    ['comet', 'comet, a validator'],
    ['ledger', 'ledger state, a validator'],
  ] as const)('disk of %s', (store, measured) => {
    within(RECORD_BYTES[store], disk(measured));
  });
});
