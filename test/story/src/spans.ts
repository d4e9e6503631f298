import {readFileSync} from 'node:fs';

interface Attribute {
  key: string;
  value: {stringValue?: string; intValue?: string | number};
}
interface Line {
  resourceSpans?: {scopeSpans?: {spans?: {startTimeUnixNano: string; attributes?: Attribute[]}[]}[]}[];
}

/** Attributes of the spans of the Collector's file that say of one CID and began after `since`, in their order. */
export function spansOfCid(file: string, cid: string, since: number): Record<string, string>[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes(cid))
    .flatMap(spansOf)
    .map(({startTimeUnixNano, attributes = []}) => ({
      startedAt: Number(BigInt(startTimeUnixNano) / 1_000_000n),
      attributes: Object.fromEntries(
        attributes.map(({key, value}) => [key, String(value.stringValue ?? value.intValue ?? '')]),
      ) as Record<string, string>,
    }))
    .filter(({startedAt, attributes}) => attributes['vitalvault.cid'] === cid && startedAt > since)
    .sort((a, b) => a.startedAt - b.startedAt)
    .map(({attributes}) => attributes);
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
