import {framePayload} from '@vitalvault/envelope';
import {schemaById} from '@vitalvault/sdk';
import {readPoints} from './papers.js';
import {StoryFailed} from './narrator.js';

const LENGTH_BYTES = 4;

/**
 * The deflated payload of the record that holds a sentence, as its device made it before it encrypted it. @param
 * pointsFile from `vv clinician fetch --points`
 */
export function deflatedPayload(pointsFile: string, sentence: string): Uint8Array {
  const record = readPoints(pointsFile).find(({points}) => points.some((point) => point.includes(sentence)));
  const schema = schemaById(record?.schemaId ?? '');
  if (record === undefined || schema === undefined)
    throw new StoryFailed('the clinician did not find the sentence in what she opened');
  const encoder = new TextEncoder();
  const frame = framePayload({
    schemaId: schema.id,
    schemaHash: schema.hash,
    encoding: 1,
    readings: record.points.map((point) => encoder.encode(point)),
  });
  const length = new DataView(frame.buffer, frame.byteOffset).getUint32(0);
  return frame.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
}
