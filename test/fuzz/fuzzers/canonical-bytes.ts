import {fromBinary, toBinary} from '@bufbuild/protobuf';
import type {DescMessage} from '@bufbuild/protobuf';
import {reflect} from '@bufbuild/protobuf/reflect';
import type {ReflectMessage} from '@bufbuild/protobuf/reflect';
import {decodeCanonical, equalBytes} from '@vitalvault/contracts';
import {BodySchema, PutGrantSchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {EpochStatementSchema, RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {bytesOf, pick} from '../fuzzer.js';
import type {Fuzzer, Next} from '../fuzzer.js';

const SCHEMAS = [TxSchema, BodySchema, PutGrantSchema, RecordHeaderSchema, EpochStatementSchema];

function hasUnknown(message: ReflectMessage): boolean {
  if ((message.getUnknown()?.length ?? 0) > 0) return true;
  return message.fields.some((field) => {
    if (!message.isSet(field)) return false;
    if (field.fieldKind === 'message') return hasUnknown(message.get(field));
    if (field.fieldKind !== 'list' || field.listKind !== 'message') return false;
    return [...message.get(field)].some((item) => hasUnknown(item as ReflectMessage));
  });
}

/** The definition itself: encode(decode(b)) = b and nothing unknown, with no look before. */
function isCanonical(schema: DescMessage, bytes: Uint8Array): boolean {
  try {
    const message = fromBinary(schema, bytes);
    return !hasUnknown(reflect(schema, message)) && equalBytes(toBinary(schema, message), bytes);
  } catch {
    return false;
  }
}

function decodes(schema: DescMessage, bytes: Uint8Array): boolean {
  try {
    decodeCanonical(schema, bytes);
    return true;
  } catch {
    return false;
  }
}

/** Bytes that look like fields: a tag, a small value or a length, bytes, and the like inside; or any bytes. */
function fields(next: Next): Uint8Array {
  if (next(8) === 0) return bytesOf(next, next(20));
  const bytes: number[] = [];
  let number = 0;
  for (let i = next(7); i > 0; i--) {
    // Mostly in order, as what is canonical must be.
    number = next(4) === 0 ? next(21) : number + 1 + next(3);
    const wire = next(4) === 0 ? next(6) : pick(next, [0, 2]);
    const inside = bytesOf(next, next(10));
    bytes.push(number * 8 + wire, ...(wire === 2 ? [inside.length, ...inside] : [next(141)]));
  }
  return Uint8Array.from(bytes);
}

export const canonicalBytes: Fuzzer = {
  name: 'decodeCanonical',
  never: 'bytes taken that are not canonical, or refused that are',
  batch: 5_000,
  quick: 20_000,
  reaches: ['canonical', 'refused'],
  open: (next) => ({
    input: () => {
      const [schema, bytes] = [pick(next, SCHEMAS), fields(next)];
      const wanted = isCanonical(schema, bytes);
      if (decodes(schema, bytes) !== wanted)
        throw new Error(`${schema.typeName} ${bytes.join()}: ${wanted ? 'refused' : 'taken'}`);
      return wanted ? 'canonical' : 'refused';
    },
  }),
};
