import type {Bench, Step} from '../bench.js';
import {NAMESPACE} from '../bench.js';
import {servingPods} from '../objects.js';
import {compareWithArchitecture} from '../policies/compare.js';
import type {Difference, Question} from '../policies/compare.js';
import {readEdges} from '../policies/read-edges.js';
import {allPeers, allPorts} from '../policies/peers.js';

interface Rule {
  from?: unknown[];
  ports?: {port: number | string; protocol?: string}[];
}

interface Policy {
  metadata: {name: string};
  spec: {ingress?: Rule[]; [more: string]: unknown};
}

export const policiesStep: Step = {
  name: 'policies',
  title:
    'The NetworkPolicies as the API server has them: exactly the edges of the architecture are open, says cyclonus',
  async run(bench) {
    const {cluster, report} = bench;
    const {items} = await cluster.kubectl.get<{items: Policy[]}>('networkpolicies', '-n', NAMESPACE);
    const question = await questionOf(bench);
    const {tooWide, tooNarrow, asked, open} = await report.timed('evaluating the policies', () =>
      compareWithArchitecture({items}, question),
    );
    report.say(
      'asked',
      `${question.peers.length} peers, ${question.ports.length} ports: ${asked} connections, ${open} open`,
    );
    report.hold('nothing is open that the architecture has not', tooWide.length === 0, some(tooWide));
    report.hold('everything is open that the architecture has', tooNarrow.length === 0 && open > 0, some(tooNarrow));

    const wider = await compareWithArchitecture(
      {items: changed(items, (rule) => ({...(rule.ports === undefined ? {} : {ports: rule.ports})}))},
      question,
    );
    report.hold(
      `a policy made wider is found: ${some(wider.tooWide)}`,
      wider.tooWide.length > 0 && wider.tooNarrow.length === 0,
      told(wider),
    );
    const narrower = await compareWithArchitecture(
      {items: changed(items, (rule) => ({...rule, ports: [{protocol: 'TCP', port: 1}]}))},
      question,
    );
    report.hold(
      `a policy made narrower is found: ${some(narrower.tooNarrow)}`,
      narrower.tooNarrow.length > 0,
      told(narrower),
    );
  },
};

async function questionOf({cluster}: Bench): Promise<Question> {
  const edges = await readEdges();
  const peers = await allPeers(cluster);
  const ports = allPorts(
    await servingPods(cluster),
    edges.edges.map(({port}) => port),
  );
  return {cyclonus: cluster.engines.cyclonus, edges, peers, ports};
}

/** One rule of the first policy that lets certain peers in, changed. */
function changed(policies: readonly Policy[], change: (rule: Rule) => Rule): Policy[] {
  const copy = structuredClone(policies) as Policy[];
  for (const {spec} of copy) {
    const [rule] = spec.ingress ?? [];
    if (rule?.from === undefined || rule.from.length === 0 || spec.ingress === undefined) continue;
    spec.ingress[0] = change(rule);
    return copy;
  }
  throw new Error('no policy lets certain peers in');
}

const some = (texts: readonly string[]): string =>
  `${texts.slice(0, 4).join('; ')}${texts.length > 4 ? ` and ${texts.length - 4} more` : ''}`;
const told = ({tooWide, tooNarrow}: Difference): string => `too wide: ${some(tooWide)}; too narrow: ${some(tooNarrow)}`;
