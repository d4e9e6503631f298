import {outcomeOf, run} from '../run.js';

export const IPTABLES = ['iptables', 'ip6tables'] as const;
const FAMILY = {iptables: 'ip', ip6tables: 'ip6'} as const;
const OURS = /^(?:KUBE|CNI)-/;

interface Table {
  name: string;
  chains: string[];
  /** As `iptables-save` writes them: `-A CHAIN …`. */
  rules: string[];
}

function parse(saved: string): Table[] {
  const tables: Table[] = [];
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) tables.push({name: line.slice(1), chains: [], rules: []});
    else if (line.startsWith(':')) tables.at(-1)?.chains.push(line.slice(1).split(' ')[0] ?? '');
    else if (line.startsWith('-A ')) tables.at(-1)?.rules.push(line);
  }
  return tables;
}

export const tablesOf = (saved: string): string[] => parse(saved).map(({name}) => name);

const jumpsToOurs = (rule: string) => OURS.test(/ -[jg] (\S+)/.exec(rule.replace(/"[^"]*"/g, ''))?.[1] ?? '');

/**
 * Input for `iptables-restore --noflush` that removes every chain of Kubernetes and of the CNI plugins, and the rules
 * of other chains that lead into them. Empty if there is nothing to remove.
 */
export function removalOf(saved: string): string {
  const lines = parse(saved).flatMap(({name, chains, rules}) => {
    const ours = chains.filter((chain) => OURS.test(chain));
    const jumps = rules.filter((rule) => !OURS.test(rule.split(' ')[1] ?? '') && jumpsToOurs(rule));
    if (ours.length + jumps.length === 0) return [];
    // A chain that is named with a colon is emptied first, so none is in use when it is deleted.
    return [
      `*${name}`,
      ...ours.map((chain) => `:${chain} - [0:0]`),
      ...jumps.map((rule) => rule.replace(/^-A/, '-D')),
      ...ours.map((chain) => `-X ${chain}`),
      'COMMIT',
    ];
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** Removes the rules of Kubernetes, and the tables that were not there before and are empty now. */
export async function cleanPacketFilter(tablesBefore: Readonly<Record<string, string[]>>): Promise<void> {
  for (const command of IPTABLES) {
    const saved = await outcomeOf(`${command}-save`, []);
    if (saved.code !== 0) continue;
    const removal = removalOf(saved.stdout);
    if (removal !== '') await run(`${command}-restore`, ['--noflush'], {stdin: removal});
    for (const {name, rules} of parse((await outcomeOf(`${command}-save`, [])).stdout)) {
      if (rules.length === 0 && tablesBefore[command]?.includes(name) === false)
        await outcomeOf('nft', ['delete', 'table', FAMILY[command], name]);
    }
  }
}
