import type {Patch} from './defects/seeded-tree.js';

const CHANGED = String.raw`/^vitalvault\.events\.v1\.(LedgerEvent|RecordAccepted)$/.test(schema.typeName)`;
/** Field 99, of one byte. */
const ADDED = '[0x9a, 0x06, 0x01, 0x00]';

/** A later version of all services: two messages have a field more, which it writes, and knows where it reads them. */
export const LATER_VERSION: readonly Patch[] = [
  {
    file: 'libs/contracts/src/canonical.ts',
    old: '  return toBinary(schema, build(schema, fields));\n',
    new: `  return Uint8Array.from([...toBinary(schema, build(schema, fields)), ...(${CHANGED} ? ${ADDED} : [])]);\n`,
  },
  {
    file: 'libs/contracts/src/decode-message.ts',
    old: '    return decodeCanonical(schema, bytes);\n',
    new: `    const later = ${CHANGED} && Buffer.from(bytes).subarray(-4).equals(Buffer.from(${ADDED}));
    return decodeCanonical(schema, later ? bytes.subarray(0, -4) : bytes);\n`,
  },
];
