import type {Projection} from './ports.js';

/** An honest validator may be so many blocks behind the one that is followed. */
const FEW_BLOCKS = 2n;

/** What every honest validator has by now: who shows less shows the past. */
export async function surelyThere(projection: Pick<Projection, 'position'>): Promise<bigint> {
  const {height = 0n} = (await projection.position()) ?? {};
  return height > FEW_BLOCKS ? height - FEW_BLOCKS : 0n;
}
