import type {Step} from '../story-run.js';
import {rpcStatus} from '../validator-rpc.js';

const SERVICES = ['ingest', 'policy', 'storage', 'notify'] as const;

export const systemStep: Step = {
  title: 'The system is up',
  async play({narrator, cast, endpoints, facts, site}) {
    const chain = await cast.office.doesWithoutHome(['chain']);
    const statuses = await Promise.all(endpoints.validators.map(({rpc}) => rpcStatus(rpc)));
    const organisations = (await cast.office.doesWithoutHome(['org', 'info'])).list('organisations');
    const ready = await Promise.all(
      SERVICES.map(async (name) => (await fetch(new URL('/readyz', endpoints.management[name]))).ok),
    );
    const running = new Set(await site.running());

    narrator.say(
      'ledger',
      `${chain.text('chainId')}, height ${chain.text('height')}, app hash ${chain.text('appHash').slice(0, 16)}…`,
    );
    narrator.say('organisations', organisations.map(({name}) => String(name)).join(', '));
    narrator.say('validators', statuses.map(({height}, i) => `${i}: height ${height}`).join(' · '));
    narrator.say('IPFS', `${endpoints.kubo.length} kubo, ${endpoints.ipfsCluster.length} cluster peers, private swarm`);
    narrator.say(
      'also',
      ['kafka', 'postgres', 'otel'].map((name) => `${name} ${running.has(name) ? 'up' : 'DOWN'}`).join(' · '),
    );
    const startSeconds = site.startSeconds();
    if (startSeconds !== undefined) narrator.say('start', `${startSeconds.toFixed(1)} s until everything was ready`);

    narrator.hold(
      'genesis holds four organisations with a validator each',
      organisations.length === 4 && organisations.every(({validators}) => validators === 1),
    );
    narrator.hold(
      'every validator is at work and none is catching up',
      statuses.length === organisations.length && statuses.every(({catchingUp}) => !catchingUp),
    );
    narrator.hold('three IPFS peers', endpoints.kubo.length === 3 && endpoints.ipfsCluster.length === 3);
    narrator.hold(
      'ingest, policy, storage and notify are ready',
      ready.every(Boolean),
      SERVICES.filter((_, i) => ready[i] !== true).join(', '),
    );
    narrator.hold(
      'Kafka, PostgreSQL and the OpenTelemetry Collector run',
      ['kafka', 'postgres', 'otel'].every((name) => running.has(name)),
    );
    facts.counts['organisations'] = organisations.length;
    facts.counts['validators'] = statuses.length;
  },
};
