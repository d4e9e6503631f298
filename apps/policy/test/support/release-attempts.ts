import {create} from '@bufbuild/protobuf';
import {expect} from '@jest/globals';
import {decodeCanonical, encodeCanonical} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {RecordToReleaseSchema} from '@vitalvault/contracts/gen/policy/v1/policy';
import type {RecordToRelease} from '@vitalvault/contracts/gen/policy/v1/policy';
import {RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {ReleaseStory} from './release-story.js';

/** Header ages are judged by the real clock. */
export const recently = (): bigint => BigInt(Math.floor(Date.now() / 1_000)) - 25n;

/** A story with records and a permit for them. */
export async function permitted(count = 1): Promise<{story: ReleaseStory; records: RecordToRelease[]; tx: string}> {
  const story = await new ReleaseStory(recently()).begin();
  const records: RecordToRelease[] = [];
  for (let i = 0; i < count; i++) records.push(await story.record());
  return {story, records, tx: await story.ask()};
}

/** The release is refused so, and nothing was opened, alerted or counted. */
export async function refused(story: ReleaseStory, attempt: Promise<unknown>, error: object): Promise<void> {
  await expect(attempt).rejects.toMatchObject(error);
  expect(story.steps).toEqual([]);
  expect(story.register.requests).toEqual([]);
}

export const changed = (record: RecordToRelease, change: Partial<RecordToRelease>): RecordToRelease =>
  create(RecordToReleaseSchema, {...record, ...change});

export function decodeHeader(record: RecordToRelease) {
  return decodeCanonical(RecordHeaderSchema, record.header);
}

export const encodeHeader = (header: FieldsOf<typeof RecordHeaderSchema>): Uint8Array =>
  encodeCanonical(RecordHeaderSchema, header);
