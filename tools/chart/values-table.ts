import {isMap, isNode, isScalar, parseDocument} from 'yaml';
import type {Pair, Scalar, YAMLMap} from 'yaml';

export interface ValueRow {
  /** Keys joined by dots. */
  readonly path: string;
  /** As JSON; none of what only groups others. */
  readonly standard: string | undefined;
  readonly meaning: string;
}

type Values = YAMLMap<Scalar<string>>;

/** Rows {path, standard, meaning} of every value: the comment above or beside it is its meaning. */
export function valueRows(text: string): ValueRow[] {
  const rows: ValueRow[] = [];
  const walk = (map: Values, prefix: readonly string[]): void => {
    for (const [index, {key, value}] of (map.items as Pair<Scalar<string>>[]).entries()) {
      const path = [...prefix, key.value].join('.');
      // The comment above the first key of a map belongs to the map, as the parser sees it.
      const above = index === 0 && map !== top ? map.commentBefore : key.commentBefore;
      const meaning = cleaned(index === 0 && map === top ? (top.commentBefore ?? key.commentBefore) : above);
      if (isMap(value) && value.items.length > 0 && !value.flow) {
        rows.push({path, meaning, standard: undefined});
        walk(value as Values, [...prefix, key.value]);
      } else {
        rows.push({path, meaning, standard: isScalar(value) ? JSON.stringify(value.value) : compact(value)});
      }
    }
  };
  const top = parseDocument(text, {keepSourceTokens: false}).contents as Values;
  walk(top, []);
  return rows;
}

const cleaned = (comment: string | null | undefined): string =>
  (comment ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');

function compact(node: unknown): string {
  return isNode(node) ? JSON.stringify(node.toJSON()) : 'null';
}

/** A Markdown table of the rows. */
export function valueTable(rows: readonly ValueRow[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
  const lines = rows.map(
    ({path, standard, meaning}) =>
      `| \`${path}\` | ${standard === undefined ? '' : `\`${standard.replaceAll('|', '\\|')}\``} | ${cell(meaning)} |`,
  );
  return ['| value | default | meaning |', '|---|---|---|', ...lines].join('\n');
}
