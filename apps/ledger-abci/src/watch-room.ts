import {toHex} from '@vitalvault/contracts';
import {load, partOf, sizeOf, SLOTS} from '@vitalvault/ledger-state';
import type {StateView} from '@vitalvault/ledger-state';
import {observe} from '@vitalvault/process';
import type {Logger} from '@vitalvault/process';
import type {Ledger} from './ledger.js';

/** Of a part: below the seven tenths at which the first thing is refused. */
const ALARM = 0.66;

/** What an organisation has, promised keys among it, and its part of the room. */
interface OwnRoom {
  /** Hex. */
  readonly organisation: string;
  readonly keys: {readonly has: number; readonly most: number};
  readonly leaves: {readonly has: number; readonly most: number};
}

/**
 * Tells the keys and leaves that each organisation has, beside its part of the room.
 * @returns to be called after each block: says once of each organisation that it comes near the end of its part
 */
export function watchRoom(ledger: Pick<Ledger, 'state'>, logger: Logger): () => void {
  const each = (what: 'keys' | 'leaves', which: 'has' | 'most') => () =>
    roomOf(ledger.state).map((room) => ({labels: {organisation: room.organisation}, value: room[what][which]}));
  observe('vitalvault.ledger.keys', each('keys', 'has'));
  observe('vitalvault.ledger.keys_ceiling', each('keys', 'most'));
  observe('vitalvault.ledger.leaves', each('leaves', 'has'));
  observe('vitalvault.ledger.leaves_ceiling', each('leaves', 'most'));
  const said = new Set<string>();
  return () => {
    for (const {organisation, keys, leaves} of roomOf(ledger.state)) {
      const isNear = [keys, leaves].some(({has, most}) => has > ALARM * most);
      if (!isNear || said.has(organisation)) continue;
      said.add(organisation);
      logger.warn('an organisation comes near the end of its part of the ledger: at seven tenths it takes no records', {
        organisation,
        part: `${String(keys.has)} of ${String(keys.most)} keys, ${String(leaves.has)} of ${String(leaves.most)} leaves`,
      });
    }
  };
}

function roomOf(state: StateView): OwnRoom[] {
  const parameters = load(state, SLOTS.parameters, []);
  if (parameters === undefined) return [];
  const size = sizeOf(state);
  const part = partOf(size, parameters);
  return size.organisations.map(({organisation, keys, leaves}) => ({
    organisation: toHex(organisation),
    keys: {has: Number(keys), most: Number(part.keys)},
    leaves: {has: Number(leaves), most: Number(part.leaves)},
  }));
}
