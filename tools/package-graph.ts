import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..');
const BEGIN = '<!-- package graph: made by tools/package-graph.ts, `npm run generate` -->';
const END = '<!-- end of the package graph -->';
/** Tests look into everything, and are not what a package needs. */
const isProduct = (file: string): boolean =>
  file.endsWith('.ts') && !/(^|\/)(testing|gen)\/|\.(spec|int-spec|contract)\.ts$/.test(file);

/** Package of ours → those of ours that its product code imports, sorted. */
function needs(group: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of readdirSync(join(root, group)).toSorted()) {
    const src = join(root, group, name, 'src');
    const texts = readdirSync(src, {recursive: true, encoding: 'utf8'})
      .filter(isProduct)
      .map((file) => readFileSync(join(src, file), 'utf8'));
    const named = [...texts.join('\n').matchAll(/from '@vitalvault\/([\w-]+)/g)].map(([, one = '']) => one);
    found.set(name, [...new Set(named)].filter((one) => one !== name).toSorted());
  }
  return found;
}

/** Only the arrows that do not follow from others: what a needs through b is not drawn again. */
function reduced(graph: ReadonlyMap<string, readonly string[]>): [string, string][] {
  const reaches = (from: string, to: string): boolean =>
    (graph.get(from) ?? []).some((next) => next === to || reaches(next, to));
  return [...graph].flatMap(([from, all]) =>
    all
      .filter((to) => !all.some((other) => other !== to && reaches(other, to)))
      .map((to): [string, string] => [from, to]),
  );
}

/** ARCHITECTURE.md with the graph of our packages as their imports are: an arrow leads to what is needed. */
export function architectureText(): string {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const [libraries, apps] = [needs('libs'), needs('apps')];
  const arrows = reduced(new Map([...libraries, ...apps]));
  const graph = [
    '```mermaid',
    'graph TD',
    ...[...apps.keys()].map((name) => `  ${name}([${name}])`),
    ...arrows.map(([from, to]) => `  ${from} --> ${to}`),
    '```',
  ];
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || after < 0) throw new Error('ARCHITECTURE.md has no place for the package graph');
  return `${text.slice(0, before)}${BEGIN}\n${graph.join('\n')}\n${text.slice(after)}`;
}
