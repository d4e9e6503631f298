import {path} from '@vitalvault/arguments';
import {parseGenesis} from '@vitalvault/light-client';
import type {ParsedGenesis} from '@vitalvault/light-client';
import {MemoryNonceStore} from '@vitalvault/sdk';
import {Option} from 'commander';
import {checkPlatform} from '../check/check-platform.js';
import {CheckFailed, Checklist} from '../check/checklist.js';
import type {CheckedSentence} from '../check/checklist.js';
import {CliError, EXIT} from '../cli-error.js';
import {defineCommand} from '../define-command.js';
import {openOrganisation} from '../org/organisation-key.js';
import type {Session} from '../session.js';
import {lookAtLedger, lookAtServices} from '../check/look-at-platform.js';
import {rpcAppHash, rpcStatus} from '../check/validator-rpc.js';

interface CheckOptions {
  sponsorKey?: string;
  readOnly?: boolean;
}

export const checkCommand = defineCommand<CheckOptions>({
  name: 'check',
  summary:
    'try a running system: synthetic readings in and out by throw-away identities, which stay on the ledger, or --read-only; exit code 0 only if every sentence holds',
  home: false,
  options: [
    new Option('--sponsor-key <file>', 'sponsor key of the organisation that runs the system').argParser(path),
    new Option('--read-only', 'write nothing: do services, validators and proofs answer, and agree').conflicts(
      'sponsorKey',
    ),
  ],
  examples: [
    'vv check --read-only',
    'vv check --sponsor-key var/org/0/sponsor.key.json',
    'vv check --endpoints endpoints.json --genesis genesis.json --sponsor-key sponsor/key.json --json',
  ],
  run: async (session, options) => {
    const startedAt = performance.now();
    // Each sentence is told when it is known: who waits for the end of a pod sees how far it came.
    const list = new Checklist((checked) => {
      if (options.json !== true) process.stdout.write(`${lineOf(checked)}\n`);
    });
    const genesis = parseGenesis(session.genesis());
    const checking = options.readOnly === true ? looking(session, genesis) : trying(session, options.sponsorKey);
    try {
      await checking(list);
    } catch (error) {
      if (!(error instanceof CheckFailed)) throw error;
    }
    const tookMs = Math.round(performance.now() - startedAt);
    return {
      json: {holds: list.holds, chainId: genesis.chainId, tookMs, sentences: list.sentences},
      text: [
        list.holds ? `holds: ${list.sentences.length} sentences in ${(tookMs / 1000).toFixed(1)} s` : 'does not hold',
      ],
      exit: list.holds ? EXIT.done : EXIT.refused,
    };
  },
});

type Checking = (list: Checklist) => Promise<unknown>;

function looking(session: Session, genesis: ParsedGenesis): Checking {
  return async (list) => {
    session.calls(await lookAtServices(list, {services: session.endpoints.services, genesis}));
    await lookAtLedger(list, {ledger: session.ledger, appHashes: () => appHashes(session)});
  };
}

function trying(session: Session, sponsorKey: string | undefined): Checking {
  if (sponsorKey === undefined)
    throw new CliError('usage', 'It was not said by whose right to try it.', {
      remedy: 'Give --sponsor-key FILE, or --read-only to write nothing.',
    });
  // No file beside the key: it may lie on a read-only volume, and the ledger knows the last number.
  const {office} = openOrganisation(session, {key: sponsorKey, nonces: new MemoryNonceStore()}, ['sponsor']);
  return (list) =>
    checkPlatform(list, {
      ledger: session.ledger,
      office,
      ingestUrl: session.endpoints.services.ingest,
      appHashes: () => appHashes(session),
    });
}

function lineOf({sentence, holds, tookMs, instead}: CheckedSentence): string {
  return `${holds ? 'ok ' : 'NO '} ${sentence}${instead === undefined ? '' : `: ${instead}`} (${(tookMs / 1000).toFixed(1)} s)`;
}

/** Of the highest block that every validator has. */
async function appHashes({endpoints}: Session): Promise<{height: number; hashes: string[]}> {
  const rpcs = endpoints.validators.map(({rpc}) => rpc);
  const heights = await Promise.all(rpcs.map(async (rpc) => (await rpcStatus(rpc)).height));
  const height = Math.min(...heights);
  return {height, hashes: await Promise.all(rpcs.map((rpc) => rpcAppHash(rpc, height)))};
}
