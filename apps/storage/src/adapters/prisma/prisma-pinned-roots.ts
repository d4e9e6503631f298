import type {PinnedRoots} from '../../application/ports.js';
import type {Database} from './database.js';

/** Rows of a step: whatever is not pinned between two that are. */
const PAGE = 100;

/** Roots of packs that are pinned and named, in PostgreSQL. */
export class PrismaPinnedRoots implements PinnedRoots {
  constructor(private readonly database: Pick<Database, '$queryRaw'>) {}

  async nextPinned(after: string): Promise<{root: string | undefined; after: string | undefined}> {
    const page = await this.database.$queryRaw<{root: string; state: string}[]>`
      SELECT root, state FROM packs WHERE root > ${after} ORDER BY root LIMIT ${PAGE}`;
    const root = page.find(({state}) => state === 'pinned')?.root;
    return {root, after: root ?? page.at(-1)?.root};
  }

  async pinnedOf(roots: readonly string[]): Promise<string[]> {
    const found = await this.database.$queryRaw<{root: string}[]>`
      SELECT root FROM packs WHERE root = ANY(${roots}) AND state = 'pinned'`;
    return found.map(({root}) => root);
  }
}
