import {setTimeout as sleep} from 'node:timers/promises';
import type {Step, StoryRun} from '../story-run.js';
import {rpcAppHash, rpcStatus} from '../validator-rpc.js';

const KILLED = 3;
const BLOCKS = 3;
const PATIENCE_MS = 60_000;

export const validatorStep: Step = {
  title: 'One validator is killed',
  async play(run) {
    const {narrator, site, endpoints, cast} = run;
    const before = await heightOf(run, 0);
    await site.kill(`validator-${KILLED}`);
    narrator.say('killed', `validator ${KILLED} ${site.howItKills} at height ${before}`);
    // A transaction, because an idle chain makes a block every ten seconds only.
    await cast.patient.does(['patient', 'publish-keys', '--type', 'omh:step-count', '--from', 'now']);
    const during = await waitForHeight(run, 0, before + BLOCKS);
    narrator.hold(`the chain goes on without it: height ${during}`, during >= before + BLOCKS);

    await site.start(`validator-${KILLED}`);
    const reached = await waitForHeight(run, KILLED, during);
    narrator.hold(`started again, it catches up to height ${reached}`, reached >= during);
    const [own, other] = await Promise.all([rpcOf(run, KILLED), rpcOf(run, 0)].map((rpc) => rpcAppHash(rpc, during)));
    narrator.say('app hash', `${own ?? ''} at height ${during}, on both`);
    narrator.hold('to the same app hash', own === other && own !== undefined, `${own ?? ''} and ${other ?? ''}`);
    const validators = endpoints.validators.length;
    narrator.say('power', `${validators - 1} of ${validators} were enough; one third may fail`);
  },
};

function rpcOf({endpoints}: StoryRun, validator: number): string {
  return endpoints.validators[validator]?.rpc ?? '';
}

async function heightOf(run: StoryRun, validator: number): Promise<number> {
  return (await rpcStatus(rpcOf(run, validator))).height;
}

async function waitForHeight(run: StoryRun, validator: number, height: number): Promise<number> {
  for (const until = Date.now() + PATIENCE_MS; ;) {
    const reached = await heightOf(run, validator).catch(() => 0);
    if (reached >= height || Date.now() > until) return reached;
    await sleep(300);
  }
}
