import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {
  ApiClient,
  MemoryNonceStore,
  Transactions,
  VerifiedLedger,
  decodeEnrolmentRequest,
  encodePart,
  newSigningKey,
  systemEnvironment,
} from '@vitalvault/sdk';
import {readPaper, writePaper} from './papers.js';
import type {StoryRun} from './story-run.js';

/** The ledger as this process sees it, for what no actor's `vv` would do. */
export function storyLedger({endpoints, data}: StoryRun): VerifiedLedger {
  const api = new ApiClient({endpoints: endpoints.services, organisation: endpoints.organisation});
  return new VerifiedLedger({api, genesis: readFileSync(join(data, 'genesis.json'), 'utf8')});
}

/** An enrolment whose sponsor is a key that somebody made up. */
export async function forgedEnrolment(run: StoryRun, requestFile: string, outFile: string): Promise<void> {
  const request = decodeEnrolmentRequest(String(readPaper(requestFile)['request']));
  const madeUp = new Transactions({
    ledger: storyLedger(run),
    signer: newSigningKey(systemEnvironment().random),
    nonces: new MemoryNonceStore(),
  });
  writePaper(outFile, 'transaction-part', {
    part: encodePart(await madeUp.part({case: 'enrolPatient', value: request})),
  });
}
