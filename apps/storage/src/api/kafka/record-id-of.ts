import {fromBinary} from '@bufbuild/protobuf';
import {toHex} from '@vitalvault/contracts';
import {RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {recordIdOfPosted} from '@vitalvault/envelope';
import type {KafkaRecord} from '@vitalvault/kafka-bus';

/**
 * Id of the record in a message of vv.records.accepted.v1, hexadecimal, read as far as it can be: what is wrong with it
 * otherwise does not matter. Undefined: there is none. @throws for bytes that are no such message
 */
export function recordIdOf({value}: Pick<KafkaRecord, 'value'>): string | undefined {
  const {record} = fromBinary(RecordAcceptedSchema, value);
  return record === undefined ? undefined : toHex(recordIdOfPosted(record));
}
