import {readFileSync} from 'node:fs';

interface Attribute {
  key: string;
  value: {stringValue?: string; intValue?: string | number};
}
interface Line {
  resourceSpans?: {scopeSpans?: {spans?: {startTimeUnixNano: string; attributes?: Attribute[]}[]}[]}[];
}

const WHICH = 'vitalvault.which';

/**
 * Attributes of the spans of the Collector's file, in their order, that since then asked for a block of which a peer
 * had a damaged copy. No span has a CID: storage names each block for as long as it runs.
 */
export function spansOfDamaged(file: string, since: number): Record<string, string>[] {
  const asked = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes(WHICH))
    .flatMap(spansOf)
    .map(({startTimeUnixNano, attributes = []}) => ({
      startedAt: Number(BigInt(startTimeUnixNano) / 1_000_000n),
      attributes: Object.fromEntries(
        attributes.map(({key, value}) => [key, String(value.stringValue ?? value.intValue ?? '')]),
      ) as Record<string, string>,
    }))
    .filter(({startedAt, attributes}) => attributes[WHICH] !== undefined && startedAt > since)
    .sort((a, b) => a.startedAt - b.startedAt)
    .map(({attributes}) => attributes);
  const damaged = new Set(asked.filter((span) => span['vitalvault.outcome'] === 'corrupt').map((span) => span[WHICH]));
  return asked.filter((span) => damaged.has(span[WHICH]));
}

function spansOf(line: string) {
  try {
    const {resourceSpans = []} = JSON.parse(line) as Line;
    return resourceSpans.flatMap(({scopeSpans = []}) => scopeSpans.flatMap(({spans = []}) => spans));
  } catch {
    // The last line may be cut off while the Collector writes.
    return [];
  }
}
