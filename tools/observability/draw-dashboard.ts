// A dashboard as a page with curves, for who has no Grafana: plain HTML and SVG, made of values that Prometheus had.
import type {Dashboard, Panel, PanelUnit} from './panel.ts';
import {shownValue} from './shown-value.ts';

/** Times in seconds since the epoch. */
export type Point = readonly [time: number, value: number];

export interface Series {
  readonly legend: string;
  readonly points: readonly Point[];
}

/** From when to when, in seconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Of a panel, by its title and that of its row. */
export type PanelValues = ReadonlyMap<Panel, readonly Series[]>;

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [384, 168, 54, 18, 6];
/** More are drawn and not named. */
const NAMED = 6;
const COLOURS = ['#1f6f5c', '#c2562d', '#3c5fa8', '#9a7b1c', '#7a3f8f', '#4d4d4d', '#2b8fa3', '#b03a5b'];
const STYLE = `
body {margin: 0; padding: 16px; width: 1216px; background: #fff; color: #222; font: 12px "DejaVu Sans", sans-serif}
h1 {font-size: 18px; margin: 0} p {margin: 2px 0 0; color: #666} h2 {font-size: 14px; margin: 14px 0 6px}
.row {display: grid; grid-template-columns: repeat(3, 396px); gap: 14px}
.panel {border: 1px solid #ddd; border-radius: 4px; padding: 6px; height: 226px; overflow: hidden}
.panel b {display: block; font-size: 12px; margin-bottom: 4px}
.legend {color: #444; font-size: 10px; line-height: 13px} .legend span {margin-right: 9px; white-space: nowrap}
.number {font-size: 34px; margin-top: 34px; text-align: center} .none {color: #888; margin-top: 70px; text-align: center}
text {font: 10px "DejaVu Sans", sans-serif; fill: #666}`;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const colour = (i: number): string => COLOURS[i % COLOURS.length] ?? '';
const lastOf = ({points}: Series): number => points.at(-1)?.[1] ?? NaN;

/** @param told beside the title: where the values are from */
export function dashboardPage(dashboard: Dashboard, values: PanelValues, span: Span, told: string): string {
  const rows = dashboard.rows.map(({title, panels}) => {
    const drawn = panels.map((panel) => panelBox(panel, values.get(panel) ?? [], span));
    return `<h2>${escaped(title)}</h2><div class="row">${drawn.join('\n')}</div>`;
  });
  const head = `<h1>${escaped(dashboard.title)}</h1><p>${escaped(`${dashboard.description} ${told}`)}</p>`;
  const title = `<title>${escaped(dashboard.title)}</title>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8">${title}<style>${STYLE}</style><body>${head}${rows.join('\n')}</body></html>\n`;
}

function panelBox(panel: Panel, series: readonly Series[], span: Span): string {
  const told = series.filter(({points}) => points.some(([, value]) => Number.isFinite(value)));
  const inside = told.length === 0 ? '<div class="none">no value</div>' : shape(panel, told, span);
  return `<div class="panel"><b>${escaped(panel.title)}</b>${inside}</div>`;
}

function shape({shape: kind, unit}: Panel, series: readonly Series[], span: Span): string {
  if (kind !== 'number') return curves(series, unit, span);
  const numbers = series.map((one) => `<div>${shownValue(lastOf(one), unit)}</div>`);
  // Many that say the same are said once.
  const distinct = [...new Set(numbers)].slice(0, 2).join('');
  return `<div class="number">${distinct}</div>${legend(series, unit)}`;
}

function curves(series: readonly Series[], unit: PanelUnit, span: Span): string {
  const values = series.flatMap(({points}) => points.map(([, value]) => value)).filter(Number.isFinite);
  const most = niceTop(Math.max(...values, 0));
  const x = (time: number): number => LEFT + ((time - span.from) / (span.to - span.from)) * (WIDTH - LEFT - 4);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / most) * (HEIGHT - BOTTOM - TOP);
  const lines = [0, 0.5, 1].map((share) => {
    const at = y(share * most).toFixed(1);
    return `<path d="M${LEFT} ${at}H${WIDTH}" stroke="#e5e5e5"/><text x="${LEFT - 4}" y="${Number(at) + 3}" text-anchor="end">${shownValue(share * most, unit)}</text>`;
  });
  const times = [0, 0.5, 1].map((share) => {
    const anchor = ['start', 'middle', 'end'][share * 2] ?? '';
    const minutes = ((span.to - span.from) * (share - 1)) / 60;
    return `<text x="${x(span.from + share * (span.to - span.from)).toFixed(0)}" y="${HEIGHT - 4}" text-anchor="${anchor}">${minutes === 0 ? 'now' : `${minutes.toFixed(1)} min`}</text>`;
  });
  const drawn = series.map(
    ({points}, i) =>
      `<path d="${pathOf(points, x, y)}" fill="none" stroke="${colour(i)}" stroke-width="1.5" shape-rendering="crispEdges"/>`,
  );
  return `<svg width="${WIDTH}" height="${HEIGHT}">${[...lines, ...times, ...drawn].join('')}</svg>${legend(series, unit)}`;
}

/** A line breaks where there is no value. */
function pathOf(points: readonly Point[], x: (time: number) => number, y: (value: number) => number): string {
  let isOn = false;
  return points
    .map(([time, value]) => {
      const was = isOn;
      isOn = Number.isFinite(value);
      return isOn ? `${was ? 'L' : 'M'}${x(time).toFixed(1)} ${y(value).toFixed(1)}` : '';
    })
    .join('');
}

function legend(series: readonly Series[], unit: PanelUnit): string {
  const named = series
    .slice(0, NAMED)
    .map(
      (one, i) =>
        `<span><span style="color:${colour(i)};margin:0">━</span> ${escaped(one.legend)} ${shownValue(lastOf(one), unit)}</span> `,
    );
  const rest = series.length > NAMED ? `<span>and ${series.length - NAMED} more</span>` : '';
  return `<div class="legend">${named.join('')}${rest}</div>`;
}

/** The next of 1, 2, 5 times a power of ten. */
function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((one) => one * power >= value) ?? 10);
}
