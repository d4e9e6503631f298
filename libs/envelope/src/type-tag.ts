import {hmac} from '@noble/hashes/hmac.js';
import {sha256} from '@noble/hashes/sha2.js';
import {concatBytes, utf8ToBytes} from '@noble/hashes/utils.js';

/** In a grant: every type. In a request: a type that the reader cannot name. In a record: refused. */
export const ZERO_TAG: Uint8Array = new Uint8Array(16);

/**
 * The 16 bytes under which a type of data appears on the platform.
 * @param tagKey the patient's tag key, 32 bytes
 * @param schemaName schema name without version, for example "omh:heart-rate"
 * @spec docs/protocol.md §2.1
 */
export function typeTag(tagKey: Uint8Array, schemaName: string): Uint8Array {
  return hmac(sha256, tagKey, concatBytes(utf8ToBytes('vitalvault/v1/type-tag\0'), utf8ToBytes(schemaName))).slice(
    0,
    16,
  );
}
