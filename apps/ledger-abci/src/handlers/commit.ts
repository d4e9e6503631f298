import type {CommitAnswer} from '@vitalvault/abci';
import type {Ledger} from '../ledger.js';

/** [ABCI Commit] answers when the block is durable: one write, one fdatasync. All blocks are kept (D-26). */
export function commit(ledger: Ledger): CommitAnswer {
  ledger.commit();
  return {retainHeight: 0n};
}
