import {isMap, isScalar, parseDocument} from 'yaml';

/** Rows {path, standard, meaning} of every value: the comment above or beside it is its meaning. */
export function valueRows(text) {
  const rows = [];
  const walk = (map, prefix) => {
    for (const [index, {key, value}] of map.items.entries()) {
      const path = [...prefix, key.value].join('.');
      // The comment above the first key of a map belongs to the map, as the parser sees it.
      const above = index === 0 && map !== document.contents ? map.commentBefore : key.commentBefore;
      const meaning = cleaned(
        index === 0 && map === document.contents ? (document.contents.commentBefore ?? key.commentBefore) : above,
      );
      if (isMap(value) && value.items.length > 0 && !value.flow) {
        rows.push({path, meaning, standard: undefined});
        walk(value, [...prefix, key.value]);
      } else {
        rows.push({path, meaning, standard: isScalar(value) ? JSON.stringify(value.value) : compact(value)});
      }
    }
  };
  const document = parseDocument(text, {keepSourceTokens: false});
  walk(document.contents, []);
  return rows;
}

const cleaned = (comment) =>
  (comment ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');

function compact(node) {
  return node === null || node === undefined ? 'null' : JSON.stringify(node.toJSON());
}

/** A Markdown table of the rows. */
export function valueTable(rows) {
  const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
  const lines = rows.map(
    ({path, standard, meaning}) =>
      `| \`${path}\` | ${standard === undefined ? '' : `\`${standard.replaceAll('|', '\\|')}\``} | ${cell(meaning)} |`,
  );
  return ['| value | default | meaning |', '|---|---|---|', ...lines].join('\n');
}
