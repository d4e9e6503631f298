import type {NonceStore} from '@vitalvault/sdk';
import {LockedJson} from './locked-json.js';

/** Nonces of one key, in a file beside it: a number is written before it is used. */
export class FileNonceStore implements NonceStore {
  private readonly file: LockedJson<{last: string}>;

  constructor(path: string) {
    this.file = new LockedJson(path, {last: '0'});
  }

  next(atLeast = 1n): Promise<bigint> {
    return this.file.update(({last}) => {
      const after = BigInt(last) + 1n;
      const next = after > atLeast ? after : atLeast;
      return {value: {last: String(next)}, result: next};
    });
  }
}
