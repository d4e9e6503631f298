// Draws docs/picture/*.svg from the *.yaml beside them, by tools/generate.ts.
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {parse} from 'yaml';

const DIRECTORY = join(import.meta.dirname, '..', 'docs', 'picture');
const LINE = 17;
const BASELINE = 5;

type Place = [left: number, top: number, width: number, height: number];
type Point = [x: number, y: number];

interface Box {
  at: Place;
  text: string[];
}

interface Group {
  at: Place;
  text: string;
}

interface Arrow {
  /** "box side" */
  from: string;
  to: string;
  by?: Point[];
  shift?: [from: number, to: number];
  both?: boolean;
  text: string;
  at: Point;
}

interface Picture {
  title: string;
  size: [width: number, height: number];
  groups: Group[];
  boxes: Record<string, Box>;
  arrows: Arrow[];
}

const escaped = (content: string): string => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const text = (x: number, y: number, content: string, kind?: string): string =>
  `<text x="${x}" y="${y}"${kind === undefined ? '' : ` class="${kind}"`}>${escaped(content)}</text>`;
const rectangle = ([x, y, width, height]: Place, kind: string): string =>
  `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`;

function box({at, text: lines}: Box): string {
  const [x, y, width, height] = at;
  const top = y + height / 2 - ((lines.length - 1) * LINE) / 2 + BASELINE;
  const told = lines.map((line, i) => text(x + width / 2, top + i * LINE, line, i === 0 ? 'name' : undefined));
  return [rectangle(at, 'box'), ...told].join('\n');
}

function group({at, text: name}: Group): string {
  const [x, y, width] = at;
  return `${rectangle(at, 'group')}\n${text(x + width / 2, y + 25, name, 'group-name')}`;
}

/** The middle of a side, moved along it. @param end "box side" */
function pointOf(boxes: Picture['boxes'], end: string, shift: number): Point {
  const [name = '', side = ''] = end.split(' ');
  const place = boxes[name]?.at;
  if (place === undefined) throw new Error(`An arrow names ${name}, and there is no such box.`);
  const [x, y, width, height] = place;
  const points: Record<string, Point> = {
    left: [x, y + height / 2 + shift],
    right: [x + width, y + height / 2 + shift],
    top: [x + width / 2 + shift, y],
    bottom: [x + width / 2 + shift, y + height],
  };
  const point = points[side];
  if (point === undefined) throw new Error(`An arrow ends at "${end}": left, right, top or bottom.`);
  return point;
}

function arrow(
  boxes: Picture['boxes'],
  {from, to, by = [], shift = [0, 0], both = false, text: label, at}: Arrow,
): string {
  const points = [pointOf(boxes, from, shift[0]), ...by, pointOf(boxes, to, shift[1])].map((point) => point.join());
  const heads = `${both ? ' marker-start="url(#tail)"' : ''} marker-end="url(#head)"`;
  return `<polyline points="${points.join(' ')}"${heads}/>\n${text(at[0], at[1], label, 'label')}`;
}

function svgOf({title, size: [width, height], groups, boxes, arrows}: Picture, source: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">
<!-- Generated from ${source} by tools/generate-picture.ts; do not edit. -->
<title id="title">${escaped(title)}</title>
<style>
text { font: 13px sans-serif; text-anchor: middle; fill: #1b2a36 }
.name { font-weight: bold }
.group-name { font-weight: bold; fill: #4a5d6b }
.label { paint-order: stroke; stroke: #fff; stroke-width: 5px }
.page { fill: #fff }
.group { fill: #f3f6f8; stroke: #b8c4cc; stroke-dasharray: 5 4 }
.box { fill: #fff; stroke: #23648c; stroke-width: 1.5 }
polyline { fill: none; stroke: #23648c; stroke-width: 1.5 }
</style>
<defs>
<marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">
<path d="M0 0 L8 4 L0 8 z" fill="#23648c"/>
</marker>
<marker id="tail" viewBox="0 0 8 8" refX="0" refY="4" markerWidth="8" markerHeight="8" orient="auto">
<path d="M8 0 L0 4 L8 8 z" fill="#23648c"/>
</marker>
</defs>
<rect class="page" width="${width}" height="${height}"/>
${[...groups.map(group), ...Object.values(boxes).map(box), ...arrows.map((one) => arrow(boxes, one))].join('\n')}
</svg>
`;
}

/** @returns path below the repository → text */
export function pictures(): Record<string, string> {
  const sources = readdirSync(DIRECTORY).filter((name) => name.endsWith('.yaml'));
  return Object.fromEntries(
    sources.map((name) => {
      const source = `docs/picture/${name}`;
      return [
        source.replace(/yaml$/, 'svg'),
        svgOf(parse(readFileSync(join(DIRECTORY, name), 'utf8')) as Picture, source),
      ];
    }),
  );
}
