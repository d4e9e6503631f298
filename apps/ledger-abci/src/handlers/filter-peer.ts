import type {QueryAnswer, RequestQuery} from '@vitalvault/abci';
import {CODE, codespace, fromHex, STATE_KIND} from '@vitalvault/contracts';
import type {Ledger} from '../ledger.js';

/** What the paths begin with by which CometBFT asks about a peer, when `filter_peers` is on. */
export const PEER_FILTER = '/p2p/filter/';
const NODE = /^\/p2p\/filter\/id\/([0-9a-f]{40})$/;

/**
 * [ABCI Query] whether CometBFT may keep a peer, in either direction: its node is one that the genesis names. Where it
 * comes from says nothing, so every address is taken and the id decides, which the peer has proven by then.
 * @spec docs/protocol.md §5.5
 */
export function filterPeer({state}: Ledger, {path}: RequestQuery): QueryAnswer {
  if (path.startsWith(`${PEER_FILTER}addr/`)) return {code: CODE.ok};
  const id = NODE.exec(path)?.[1];
  if (id !== undefined && state.get(STATE_KIND.peer, [fromHex(id)]) !== undefined) return {code: CODE.ok};
  return {code: CODE.notAuthorised, codespace: codespace(CODE.notAuthorised), log: 'no node that the genesis names'};
}
