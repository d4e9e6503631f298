import {decodeCanonical} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {startEngines} from '@vitalvault/testkit';
import {join} from 'node:path';
import {projectGenesis} from '../../../apps/policy/src/application/project-genesis.js';
import {CopiedRows} from '../read-model/copied-rows.js';
import {TRUST} from '../read-model/following.js';
import {EventsToWrite} from '../read-model/events-to-write.js';
import {ChainLife} from '../read-model/chain-life.js';
import {MadeChain} from '../read-model/made-chain.js';
import {PolicyReadModel} from '../read-model/policy-read-model.js';
import {arms, quotient} from '../suite/arms.js';
import type {Row} from '../suite/row.js';

const [PROJECTED, COPIED] = ['written by policy', 'COPY of the same rows'];
const REQUESTS = 1_000;

/**
 * What policy writes of decoded blocks of requests for access (blocks, outcomes, leaves, counts of reads, events for
 * Kafka), with what it reads before, in one transaction; and PostgreSQL's COPY of the same rows out of files into the
 * same tables with their indexes, in one transaction.
 */
export const ROW_12: Row = {
  number: '12',
  title: 'ledger events into PostgreSQL',
  arms: arms('rows/s', PROJECTED, COPIED),
  claims: [
    {
      title: 'written by policy ÷ COPY',
      target: {atLeast: 0.6},
      of: quotient(PROJECTED, COPIED),
      whenMissed:
        'COPY is PostgreSQL alone, which reads a file; nothing is asked before, and no row is made. Of what policy spends ' +
        'Prisma takes 40 % (what a raw query becomes, and its answers), rows turned into columns for PostgreSQL 13 %, ' +
        'collecting garbage 10 %; the rest looks up what is there of members, grants and reads. `PROFILE=1` gives their shares.',
    },
  ],
  rounds: {full: 7, quick: 2},
  nodeFlags: ['--max-old-space-size=4096'],
  setup: async ({scratch, quick, say}) => {
    const engines = await startEngines({only: ['postgres']});
    scratch.defer(() => engines.stop());
    const databaseUrl = engines.databaseUrl('vv_policy');
    const chain = new MadeChain(join(scratch.directory('chain'), 'blocks'));
    scratch.defer(() => {
      chain.close();
    });
    const {genesis} = chain;
    const policy = await PolicyReadModel.open(databaseUrl, {genesis, trust: TRUST});
    scratch.defer(() => policy.close());
    await projectGenesis(decodeCanonical(GenesisSchema, genesis), policy.store);
    say('enrolling patients');
    const life = new ChainLife(chain.ledger);
    const events = new EventsToWrite(policy, chain);
    for (const txs of life.beginning()) await events.write(await events.of([txs]));
    const rows = await CopiedRows.open(databaseUrl, scratch);
    const blocks = quick ? 3 : 10;
    let next = await events.of([]);
    return {
      prepare: async (arm) => {
        if (arm === COPIED) await rows.takeOut(next.blocks.map(({height}) => height));
        else
          next = await events.of(
            Array.from({length: blocks}, () => Array.from({length: REQUESTS}, () => life.request())),
          );
      },
      sample: async (arm) => {
        const began = performance.now();
        if (arm === COPIED) await rows.copyIn();
        else await events.write(next);
        const seconds = (performance.now() - began) / 1_000;
        return (arm === COPIED ? rows.count : next.rows) / seconds;
      },
    };
  },
};
