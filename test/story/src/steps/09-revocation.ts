import {setTimeout as sleep} from 'node:timers/promises';
import {CODE, codeName, decodeCanonical, toHex, transactionId} from '@vitalvault/contracts';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {latencies} from '../latencies.js';
import {ask} from '../asking.js';
import {StoryFailed} from '../narrator.js';
import type {Step, StoryRun} from '../story-run.js';
import {rpcBlockTxs, rpcBroadcast, rpcStatus} from '../validator-rpc.js';
import {READ_FROM, READ_TO} from './05-grant.js';

const REVOKED_RULE = 4;
const RESTARTED = 2;
const PATIENCE_MS = 60_000;

export const revocationStep: Step = {
  title: 'The patient revokes',
  async play(run) {
    const {narrator, props, facts, cast} = run;
    const revoked = await cast.patient.does(['patient', 'revoke', '--grant', props.get('grantId')]);
    const [epoch] = revoked.list('epochs');
    narrator.say(
      'revoked',
      `at height ${revoked.text('height')}, tx ${revoked.text('txId').slice(0, 16)}…; epoch ${String(epoch?.['epoch'])} begins in the same act: ${String(epoch?.['codeName'])}`,
    );
    narrator.hold('the epoch was rotated with it', epoch?.['code'] === 0);

    const {said, decision} = await ask(run, {
      what: 'after the revocation',
      grant: props.get('grantId'),
      type: 'omh:heart-rate',
      from: READ_FROM,
      to: READ_TO,
    });
    facts.latencies['revokeToRefused'] = latencies([revoked.number('tookMs') + said.number('tookMs')]);
    facts.counts['blocksFromRevocationToRefusal'] = Number(decision.height) - Number(revoked.text('height'));
    narrator.hold(
      `a request at height ${decision.height} is refused`,
      !decision.permit && decision.rule === REVOKED_RULE,
      decision.reason,
    );
    const hoarded = await cast.clinician.tries(['clinician', 'fetch', '--tx', props.get('hoarded').txId]);
    narrator.hold(
      'the permit that she kept gives nothing any more',
      hoarded.exit === 1 && ['permit-ended', 'access-refused'].includes(hoarded.errorCode ?? ''),
      hoarded.errorText || 'it was answered',
    );
    narrator.say('', `storage says ${hoarded.errorText}`);
    await oldGrantAgain(run);
  },
};

/**
 * The old grant, as it stands in its block for anybody to read, sent again to a validator that has just been restarted.
 */
async function oldGrantAgain(run: StoryRun): Promise<void> {
  const {narrator, site, endpoints, props} = run;
  const rpc = endpoints.validators[RESTARTED]?.rpc ?? '';
  const tx = await grantTransaction(run);
  await site.kill(`validator-${RESTARTED}`);
  await site.start(`validator-${RESTARTED}`);
  await caughtUp(rpc, Number(props.get('grantHeight')));
  const {code} = await rpcBroadcast(rpc, tx);
  narrator.say(
    'sent again',
    `the old grant, ${tx.length} bytes, to validator ${RESTARTED} after a restart: ${codeName(code)}`,
  );
  narrator.hold('refused by our own rule, not by a cache', code === CODE.nonceUsed, codeName(code));
}

async function grantTransaction({endpoints, props}: StoryRun): Promise<Uint8Array> {
  const txs = await rpcBlockTxs(endpoints.validators[0]?.rpc ?? '', Number(props.get('grantHeight')));
  const found = txs.find((tx) => {
    const {body, signatures} = decodeCanonical(TxSchema, tx);
    return toHex(transactionId(body, signatures)) === props.get('grantTxId');
  });
  if (found === undefined) throw new StoryFailed('the grant is not in its block');
  return found;
}

async function caughtUp(rpc: string, height: number): Promise<void> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
    const status = await rpcStatus(rpc).catch(() => undefined);
    if (status !== undefined && !status.catchingUp && status.height >= height) return;
    await sleep(300);
  }
  throw new StoryFailed('the validator did not catch up');
}
