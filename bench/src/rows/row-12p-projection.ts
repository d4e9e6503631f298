import {startEngines} from '@vitalvault/testkit';
import {TRUST, catchUp} from '../read-model/following.js';
import {PolicyReadModel} from '../read-model/policy-read-model.js';
import {ServedChain} from '../read-model/served-chain.js';
import {arms} from '../suite/arms.js';
import type {Row} from '../suite/row.js';

const [ONE, AFTER_ANOTHER] = ['one block of 1,000', 'blocks of 1,000, one after the other'];
const REQUESTS = 1_000;

/**
 * policy follows a chain into a real PostgreSQL, as the service does: it asks a node of another process over RPC, and
 * verifies blocks, results and leaves of access logs under the headers of four validators.
 */
export const ROW_12P: Row = {
  number: '12p',
  title: "policy's projection, requests for access by one replica",
  arms: arms('requests/s', ONE, AFTER_ANOTHER),
  claims: [
    {
      title: 'of ten blocks of 1,000, a second',
      target: {atLeast: 3_000},
      of: (round) => round[AFTER_ANOTHER] ?? 0,
      whenMissed:
        'no part of it is large any more: canonical decoding (each transaction is encoded again, and compared) takes 14 %, ' +
        'proofs of the leaves 11 %, rows and their alerts into PostgreSQL 12 %, collecting garbage 7 %. The rest are short ' +
        'functions. `PROFILE=1` gives their shares; node, PostgreSQL and the service share two cores here.',
    },
    {title: 'of one that comes alone, a second', of: (round) => round[ONE] ?? 0},
  ],
  rounds: {full: 7, quick: 2},
  nodeFlags: ['--max-old-space-size=4096'],
  setup: async ({scratch, quick, say}) => {
    const engines = await startEngines({only: ['postgres']});
    scratch.defer(() => engines.stop());
    say('enrolling patients');
    const [chain, trust] = [await ServedChain.start(scratch), TRUST];
    const policy = await PolicyReadModel.open(engines.databaseUrl('vv_policy'), {genesis: chain.genesis, trust});
    scratch.defer(() => policy.close());
    const follow = (): Promise<void> => catchUp(policy, {url: chain.url, trust, height: chain.height});
    const blocks = {[ONE]: 1, [AFTER_ANOTHER]: quick ? 3 : 10};
    return {
      prepare: async (arm) => {
        await follow();
        await chain.add({blocks: blocks[arm] ?? 0, requests: REQUESTS, anchors: 0, records: 0});
      },
      sample: async (arm) => {
        const began = performance.now();
        await follow();
        return ((blocks[arm] ?? 0) * REQUESTS) / ((performance.now() - began) / 1_000);
      },
    };
  },
};
