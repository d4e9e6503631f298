import {rpcAppHash, rpcStatus} from '../check/validator-rpc.js';
import type {RpcStatus} from '../check/validator-rpc.js';
import {broken, degraded, looked, ok} from './finding.js';
import type {Finding} from './finding.js';

/** An idle chain makes a block every ten seconds. */
const STANDS_MS = 60_000;
const BEHIND_BLOCKS = 5;
const DIFFER = 'Stop the one that differs from most, keep its volume, and report it: it computed another state.';

/** Whether validators answer, are of this ledger, keep up with one another, and have one state. */
export async function lookAtValidators(
  rpcs: readonly string[],
  {chainId, nowMs}: {chainId: string | undefined; nowMs: number},
): Promise<Finding[]> {
  const found = await Promise.all(rpcs.map((rpc, i) => lookAtValidator(`validator ${String(i)}`, rpc, chainId)));
  const answered = found.flatMap(({rpc, status}) => (status === undefined ? [] : [{rpc, ...status}]));
  const top = Math.max(0, ...answered.map(({height}) => height));
  const behind = found.flatMap(({part, status}) =>
    status !== undefined && status.height + BEHIND_BLOCKS < top
      ? [degraded(part, `${String(top - status.height)} blocks behind another`, 'It catches up, or look at its log.')]
      : [],
  );
  return [
    ...found.flatMap(({findings}) => findings),
    ...behind,
    ...chainOf(answered, {validators: rpcs.length, nowMs}),
    ...(await stateOf(answered)),
  ];
}

async function lookAtValidator(part: string, rpc: string, chainId: string | undefined) {
  const seen: {status?: RpcStatus} = {};
  const findings = await looked(
    part,
    'Does CometBFT run there? Look at its log and at that of its ledger-abci.',
    async () => {
      const told = await rpcStatus(rpc);
      if (chainId !== undefined && told.chainId !== chainId)
        return [
          broken(part, `it is of the ledger ${told.chainId}, not ${chainId}`, 'Name the validators of this ledger.'),
        ];
      seen.status = told;
      return told.catchingUp
        ? [degraded(part, `catches up, at height ${String(told.height)}`, 'Wait: it replays what it missed.')]
        : [ok(part, `height ${String(told.height)}`)];
    },
  );
  return {part, rpc, status: seen.status, findings};
}

function chainOf(answered: readonly RpcStatus[], {validators, nowMs}: {validators: number; nowMs: number}): Finding[] {
  if (answered.length === 0) return [];
  const ageMs = nowMs - Math.max(...answered.map(({blockTimeMs}) => blockTimeMs));
  const away = validators - answered.length;
  if (ageMs > STANDS_MS)
    return [
      broken(
        'ledger',
        `no block for ${String(Math.round(ageMs / 1_000))} s, and ${String(away)} of ${String(validators)} validators do not answer`,
        'Blocks need more than two thirds of the validators: bring those back that are away. Readings wait meanwhile.',
      ),
    ];
  return [ok('ledger', `a block ${String(Math.max(0, Math.round(ageMs / 1_000)))} s ago`)];
}

// Only of those that are up and keep up, what they all have: one that catches up has the blocks of long ago.
async function stateOf(up: readonly (RpcStatus & {rpc: string})[]): Promise<readonly Finding[]> {
  const answered = up.filter(({catchingUp, height}) => !catchingUp && height > 0);
  if (answered.length < 2) return [];
  const height = Math.min(...answered.map((one) => one.height));
  return looked('ledger', 'Ask again.', async () => {
    const hashes = await Promise.all(answered.map(({rpc}) => rpcAppHash(rpc, height)));
    return new Set(hashes).size === 1
      ? [ok('ledger', `one state at height ${String(height)}`)]
      : [broken('ledger', `different states at height ${String(height)}: ${hashes.join(', ')}`, DIFFER)];
  });
}
