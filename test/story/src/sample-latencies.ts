import {latencies} from './latencies.js';
import type {StoryRun} from './story-run.js';
import {READ_FROM, READ_TO} from './steps/05-grant.js';

const ROUNDS = 3;
const READS_OF_A_ROUND = 2;

/**
 * One read and one revocation say little about a latency, so after the story some more are made: a fresh grant, reads
 * under it, its revocation, and the refusal that follows, each by the processes of the story's own actors.
 */
export async function sampleLatencies(run: StoryRun): Promise<void> {
  const {facts, narrator} = run;
  const reads = [facts.latencies['requestToPlaintext']?.p50 ?? 0];
  const refusals = [facts.latencies['revokeToRefused']?.p50 ?? 0];
  let asExpected = true;
  for (let round = 0; round < ROUNDS; round++) {
    const grant = await freshGrant(run);
    for (let i = 0; i < READS_OF_A_ROUND; i++) reads.push(await read(run, grant));
    const revoked = await run.cast.patient.does(['patient', 'revoke', '--grant', grant]);
    const refused = await request(run, grant);
    refusals.push(revoked.number('tookMs') + refused.number('tookMs'));
    asExpected &&= !refused.flag('permit');
  }
  facts.latencies['requestToPlaintext'] = latencies(reads);
  facts.latencies['revokeToRefused'] = latencies(refusals);
  narrator.hold(
    `${ROUNDS} grants more: ${ROUNDS * READS_OF_A_ROUND} reads were opened, every request after a revocation was refused`,
    asExpected,
  );
}

async function freshGrant({cast: {patient}, props}: StoryRun): Promise<string> {
  const grant = await patient.does([
    'patient',
    'grant',
    '--to',
    props.get('member'),
    '--type',
    'omh:heart-rate',
    '--purpose',
    'TREAT',
    '--data-from',
    '2016-04-01T00:00',
    '--data-to',
    '2016-04-01T23:00',
    '--access-to',
    '+7d',
  ]);
  return grant.text('grantId');
}

const request = ({cast, props}: StoryRun, grant: string) =>
  cast.clinician.tries([
    'clinician',
    'request',
    '--card',
    props.get('card'),
    '--from',
    READ_FROM,
    '--to',
    READ_TO,
    '--grant',
    grant,
    '--type',
    'omh:heart-rate',
  ]);

async function read(run: StoryRun, grant: string): Promise<number> {
  const {clinician} = run.cast;
  const asked = await request(run, grant);
  const fetched = await clinician.does([
    'clinician',
    'fetch',
    '--tx',
    asked.text('txId'),
    '--out',
    clinician.paper('sample.json'),
  ]);
  return asked.number('tookMs') + fetched.number('tookMs');
}
