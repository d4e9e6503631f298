import type {Caller, KeyResolver} from '@vitalvault/http';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Follower} from '../../application/ports.js';
import type {Database} from './database.js';

const WAIT_FOR_BLOCK_MS = 2_000;
const POLL_MS = 100;

/**
 * Current keys of patients and members, as the blocks told them: nobody else asks for access. Whether a reader still
 * stands, and by which key, is proved anew by policy at every release.
 */
export class PrismaReaderKeys implements KeyResolver {
  constructor(
    private readonly database: Database,
    private readonly follower: Follower,
  ) {}

  /**
   * Waits a little: a reader who comes right after she was registered may be ahead of our follower.
   * @throws DomainError follower-stopped for an unknown one while the follower stands
   */
  async resolve(keyId: string): Promise<Caller | undefined> {
    for (let waited = 0; ; waited += POLL_MS) {
      const row = await this.database.readerKey.findUnique({where: {keyId}});
      if (row?.current === false) return undefined;
      if (row !== null) {
        const {publicKey, identity, kind} = row;
        return {keyId, publicKey, identity, kind: kind === 'patient' ? 'patient' : 'member'};
      }
      this.follower.mustGoOn();
      if (waited >= WAIT_FOR_BLOCK_MS) return undefined;
      await sleep(POLL_MS);
    }
  }
}
