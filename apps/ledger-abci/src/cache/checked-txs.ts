import {checkStructure} from '@vitalvault/ledger-state';
import type {Account, CheckedTx, StructureRefusal, Verify} from '@vitalvault/ledger-state';
import {sha256Of} from '@vitalvault/contracts';
import {sha256Text} from '@vitalvault/process';
import type {Pending} from './pending-txs.js';
import {TwoGenerations} from './two-generations.js';

/** What a proposal must know of a transaction; small, so that one of every transaction of a full pool is at hand. */
export interface Verdict {
  readonly code: number;
  readonly rights: boolean;
  readonly succession: boolean;
  /** The field that a refusal names. */
  readonly field?: string | undefined;
}

const VERDICTS = 65_536;
/** Decoded messages take several times their bytes in memory. */
const DECODED_BYTES = 4 << 20;

/** Name of a transaction: CometBFT's own hash of its bytes. */
export function txName(bytes: Uint8Array): string {
  return sha256Text(bytes);
}

/** What is counted of it while it waits in the pool. @param bytes its length */
export function pendingOf({body, rights, succession}: CheckedTx, account: Account, bytes: number): Pending {
  const {expiresAtHeight, expiresAtTime} = body;
  return {...account, rights, succession, bytes, expiresAtHeight, expiresAtTime};
}

/** `checkStructure` that remembers by the bytes: it needs no state, so what it said stays true. */
export class CheckedTxs {
  private readonly verdicts = new TwoGenerations<Verdict>(VERDICTS);
  private readonly decoded = new TwoGenerations<CheckedTx>(DECODED_BYTES);

  constructor(
    private readonly chainId: string,
    private readonly verify: Verify,
  ) {}

  check(bytes: Uint8Array, name = txName(bytes)): CheckedTx | StructureRefusal {
    const known = this.decoded.get(name);
    if (known !== undefined) return known;
    const refusal = this.verdicts.get(name);
    if (refusal !== undefined && refusal.code !== 0) return refusalOf(refusal);
    // A copy: the request's bytes belong to a whole block or batch, which would stay in memory with them.
    const checked = checkStructure(bytes.slice(), this.chainId, {verify: this.verify, sha256: sha256Of});
    this.verdicts.set(name, verdictOf(checked));
    if (checked.ok) this.decoded.set(name, checked, bytes.length);
    return checked;
  }

  verdict(bytes: Uint8Array, name = txName(bytes)): Verdict {
    return this.verdicts.get(name) ?? verdictOf(this.check(bytes, name));
  }
}

function refusalOf({code, field}: Verdict): StructureRefusal {
  return field === undefined ? {ok: false, code} : {ok: false, code, field};
}

function verdictOf(checked: CheckedTx | StructureRefusal): Verdict {
  if (!checked.ok) return {code: checked.code, rights: false, succession: false, field: checked.field};
  return {code: 0, rights: checked.rights, succession: checked.succession};
}
