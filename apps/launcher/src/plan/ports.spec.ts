import {describe, expect, it} from '@jest/globals';
import fc from 'fast-check';
import {IPFS_PEERS, MAX_VALIDATORS, portBaseFault, portLayout} from './ports.js';

const upTo = (n: number) => Array.from({length: n}, (_, i) => i);

function allPorts(base: number): number[] {
  const p = portLayout(base);
  const parts: object[] = [
    ...upTo(MAX_VALIDATORS).map(p.validator),
    ...upTo(IPFS_PEERS).flatMap((i) => [p.kubo(i), p.cluster(i)]),
    p.kafka,
    {postgres: p.postgres},
    p.otel,
    p.observers,
    p.ingest,
    p.policy,
    p.storage,
    p.notify,
  ];
  return parts.flatMap((part) => Object.values(part) as number[]);
}

describe('portLayout', () => {
  it('gives no port twice, even with the most validators', () => {
    const ports = allPorts(26_600);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('stays within the 414 ports that the messages name, so that two systems that far apart never meet', () => {
    const ports = allPorts(20_000);
    expect(Math.min(...ports)).toBe(20_000);
    expect(Math.max(...ports)).toBe(20_413);
  });
});

describe('portBaseFault', () => {
  it('lets pass exactly the bases under which every port exists and needs no root', () => {
    fc.assert(
      fc.property(fc.integer({min: -10, max: 70_000}), (base) => {
        const possible = base >= 1_024 && Math.max(...allPorts(base)) <= 65_535;
        expect(portBaseFault(base) === undefined).toBe(possible);
      }),
    );
  });

  it('refuses what is not a whole number', () => {
    expect(portBaseFault(2_000.5)).toBeDefined();
    expect(portBaseFault(NaN)).toBeDefined();
  });
});
