import type {NonceStore} from '@vitalvault/sdk';
import type {Claiming} from './claim-home.js';
import {LockedJson} from './locked-json.js';

/** Nonces by key id, in a file beside the keys: a number is written before it is used. */
export class FileNonceStore implements NonceStore {
  private readonly file: LockedJson<Record<string, string>>;

  constructor(path: string, claiming: Pick<Claiming, 'takeOver'> = {}) {
    this.file = new LockedJson(path, {}, claiming);
  }

  next(keyId: string, atLeast = 1n): Promise<bigint> {
    return this.file.update((given) => {
      const after = BigInt(given[keyId] ?? '0') + 1n;
      const next = after > atLeast ? after : atLeast;
      return {value: {...given, [keyId]: String(next)}, result: next};
    });
  }
}
