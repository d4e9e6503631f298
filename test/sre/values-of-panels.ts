import {askedQuery} from '../../tools/observability/asked-query.ts';
import {panelQueries} from '../../tools/observability/dashboards.ts';
import type {Prometheus} from './prometheus.ts';

const LONGEST = 60;

/** Every query of every panel, asked: a table panel → query → value of now. @throws Error for one that is refused */
export async function valuesOfPanels(
  prometheus: Prometheus,
): Promise<{text: string; queries: number; answered: number}> {
  const lines: string[] = [];
  let answered = 0;
  const queries = panelQueries();
  for (const {dashboard, panel, query} of queries) {
    const answers = await prometheus.query(askedQuery(query, 'storage'));
    const numbers = answers.map(({value}) => Number(value[1])).filter((value) => !Number.isNaN(value));
    if (numbers.length > 0) answered += 1;
    const value =
      numbers.length === 0
        ? '–'
        : `${Number(Math.max(...numbers).toPrecision(3))}${numbers.length > 1 ? ` (largest of ${numbers.length})` : ''}`;
    const short = query
      .replaceAll('|', '\\|')
      .replaceAll('namespace=~"$namespace", ', '')
      .replaceAll('{namespace=~"$namespace"}', '');
    const shown = short.length > 3 * LONGEST ? `${short.slice(0, 3 * LONGEST)}…` : short;
    lines.push(`| ${dashboard} | ${panel} | \`${shown}\` | ${value} |`);
  }
  return {
    text: `| dashboard | panel | query | value |\n|---|---|---|---|\n${lines.join('\n')}\n`,
    queries: queries.length,
    answered,
  };
}
