import type {Link} from '../../drill/link.js';
import type {Chance} from '../chance.js';
import type {Stage} from '../stage.js';
import {done, hold} from './fault.js';
import type {Done, Fault} from './fault.js';

/** What becomes of a way: connections are reset, or nothing comes, or it comes late. */
export const way =
  (hit: (link: Link, chance: Chance) => void, most: number): Fault =>
  async (stage, chance) => {
    const ways = chance.some(stage.ways, chance.between(1, 4));
    for (const {link} of ways) hit(link, chance);
    try {
      return done(
        ways.map(({name}) => name),
        await hold(stage, chance, [1_000, most]),
      );
    } finally {
      for (const {link} of ways) link.mend();
    }
  };

export async function hangingWebhook(stage: Stage, chance: Chance): Promise<Done> {
  stage.webhook.hangs = true;
  try {
    return done(['webhook'], await hold(stage, chance, [3_000, 8_000]));
  } finally {
    stage.webhook.mend();
  }
}
