import {describe, expect, it} from '@jest/globals';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {toHex} from '@vitalvault/contracts';
import {seededRandom} from '@vitalvault/envelope/testing';
import {effectiveTimeMs, faultOfDataPoint, faultOfDocument} from './data-point-check.js';
import {HEART_RATE_SCHEMA, heartRateOf, heartRateReading} from './heart-rate.js';
import {closureOf, schemaByName, schemaHash} from './known-schemas.js';
import {SCHEMA_FILES} from './schema-files.js';

const root = join(import.meta.dirname, '../../../..');
const random = seededRandom('points');
const {text} = heartRateReading(
  {timeMs: Date.UTC(2016, 3, 1, 7, 54, 5), beatsPerMinute: 91, note: 'on the stairs'},
  Date.UTC(2016, 3, 1, 8),
  random,
);

/** Open mHealth's own documents: [schema file, shouldPass or shouldFail, name, text]. */
function published(): [string, string, string, string][] {
  const base = join(root, 'test/vectors/published/open-mhealth');
  return readdirSync(base, {withFileTypes: true})
    .filter((entry) => entry.isDirectory())
    .flatMap(({name}) =>
      ['shouldPass', 'shouldFail'].flatMap((verdict) => {
        const dir = join(base, name, verdict);
        return readdirSync(join(base, name)).includes(verdict)
          ? readdirSync(dir).map((file): [string, string, string, string] => [
              `${name}.json`,
              verdict,
              file,
              readFileSync(join(dir, file), 'utf8'),
            ])
          : [];
      }),
    );
}

describe('Open mHealth', () => {
  it.each(published())('%s %s %s, as its authors say', (file, verdict, _, document) => {
    expect(faultOfDocument(file, JSON.parse(document)) === undefined).toBe(verdict === 'shouldPass');
  });

  it('has the files of libs/sdk/schemas byte for byte', () => {
    const dir = join(root, 'libs/sdk/schemas');
    const files = readdirSync(dir).filter((name) => name.endsWith('.json'));
    expect(Object.keys(SCHEMA_FILES).toSorted()).toEqual(files.toSorted());
    for (const name of files) expect(SCHEMA_FILES[name]).toBe(readFileSync(join(dir, name), 'utf8'));
  });
});

describe('a heart-rate reading', () => {
  it('is a data point that the schemas take, and is read back', () => {
    expect(faultOfDataPoint(HEART_RATE_SCHEMA, text)).toBeUndefined();
    expect(heartRateOf(text)).toEqual({
      timeMs: Date.UTC(2016, 3, 1, 7, 54, 5),
      beatsPerMinute: 91,
      note: 'on the stairs',
    });
    expect(effectiveTimeMs(text)).toBe(Date.UTC(2016, 3, 1, 7, 54, 5));
    expect((JSON.parse(text) as {header: {id: string}}).header.id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it.each([
    ['another unit', text.replace('beats/min', 'bpm')],
    ['no time', text.replace('effective_time_frame', 'when')],
    ['a time that is none', text.replace('"date_time":"2016-04-01T07:54:05.000Z"', '"date_time":"yesterday"')],
    ['text for a number', text.replace('"value":91', '"value":"91"')],
    ['another schema in its header', text.replace('"version":"2.0"', '"version":"1.0"')],
    ['no header', JSON.stringify({body: (JSON.parse(text) as {body: object}).body})],
    ['no JSON', text.slice(1)],
  ])('with %s is refused, and the fault tells no value', (_, changed) => {
    const fault = faultOfDataPoint(HEART_RATE_SCHEMA, changed);
    expect(fault).toBeDefined();
    expect(fault).not.toContain('91');
    expect(fault).not.toContain('stairs');
  });

  it('is refused under a schema that nobody knows', () => {
    expect(faultOfDataPoint('omh:heart-rate:9.0', text)).toBe('unknown schema omh:heart-rate:9.0');
  });
});

describe('the hash of a schema', () => {
  it('covers every file that its references reach, and is the one of the vectors', () => {
    expect(closureOf('heart-rate-2.0.json')).toEqual([
      'date-time-1.0.json',
      'descriptive-statistic-1.2.json',
      'duration-unit-value-1.0.json',
      'heart-rate-2.0.json',
      'part-of-day-1.0.json',
      'temporal-relationship-to-physical-activity-1.0.json',
      'temporal-relationship-to-sleep-1.0.json',
      'time-frame-1.0.json',
      'time-interval-1.0.json',
      'unit-value-1.0.json',
    ]);
    expect(schemaHash('heart-rate-2.0.json')).toEqual(schemaByName('omh:heart-rate')?.hash);
    expect(toHex(schemaHash('heart-rate-2.0.json'))).toBe(
      'd64946a951c74341138f62ba67f0f257e82d4dbc6554510c9a379da67a11022d',
    );
    expect(schemaHash('time-frame-1.0.json')).not.toEqual(schemaHash('heart-rate-2.0.json'));
  });
});
