import type {CommitAnswer} from '@vitalvault/abci';
import type {Committed, Ledger} from '../ledger.js';

/** [ABCI Commit] answers when the block is durable: one write, one fdatasync. All blocks are kept (D-26). */
export function commit(ledger: Ledger, onCommitted: (committed: Committed) => void): CommitAnswer {
  onCommitted(ledger.commit());
  return {retainHeight: 0n};
}
