import {fromBase64, LIMITS} from '@vitalvault/contracts';
import {demand} from './demand.js';

/** What CometBFT's genesis file says, as InitChain gets it and as a verifier reads it from the file. */
export interface GenesisDocument {
  readonly chainId: string;
  /** `genesis_time` in Unix seconds, rounded down; undefined when it is missing or no time. */
  readonly time: bigint | undefined;
  /** How many validators stand beside app_state. */
  readonly validators: number;
  /** `consensus_params.block.max_bytes`; undefined when it is missing, as are the next two. */
  readonly blockBytes: bigint | undefined;
  readonly evidenceBytes: bigint | undefined;
  readonly voteExtensionsFrom: bigint | undefined;
  /** The value of `app_state`, out of its JSON. */
  readonly appState: unknown;
}

/** 2020-01-01 and 2100-01-01, UTC: before the one nothing of this ledger was, and the other is no typing error. */
const [EARLIEST, LATEST] = [1_577_836_800n, 4_102_444_800n];
const CHAIN_ID = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._-]{0,${LIMITS.chainIdLength - 1}}$`);

/**
 * The bytes of `app_state`, when all beside it is as a chain of ours has it.
 * @throws InvalidGenesisError
 * @spec docs/protocol.md §5.4
 */
export function genesisBytes(document: GenesisDocument): Uint8Array {
  const {chainId, time, validators, blockBytes, evidenceBytes, voteExtensionsFrom, appState} = document;
  demand(CHAIN_ID.test(chainId), 'chain_id is not 1 to 50 letters, digits, dots, hyphens and underscores');
  // Without one each CometBFT would begin at the moment of its own first start.
  demand(
    time !== undefined && time >= EARLIEST && time < LATEST,
    'genesis_time is no time of UTC from 2020 to 2099, as 2026-01-01T00:00:00Z',
  );
  // The set comes from app_state alone, so that there is one place to verify it from.
  demand(validators === 0, 'its validators belong into app_state, not beside it');
  demandNumber('block.max_bytes', blockBytes, LIMITS.cometBlockBytes);
  demandNumber('evidence.max_bytes', evidenceBytes, LIMITS.cometEvidenceBytes);
  // The application makes no vote extensions: a chain that demands them would stand still.
  demandNumber('abci.vote_extensions_enable_height', voteExtensionsFrom ?? 0n, 0);
  demand(typeof appState === 'string', 'app_state is not a JSON string');
  try {
    return fromBase64(appState);
  } catch {
    demand(false, 'app_state is not base64');
  }
}

function demandNumber(name: string, found: bigint | undefined, wanted: number): void {
  demand(
    found === BigInt(wanted),
    `consensus_params.${name} is ${String(found ?? 'missing')} and must be ${String(wanted)}`,
  );
}
