import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {ChromiumPage} from '../../tools/chromium.ts';
import {DASHBOARDS} from '../../tools/observability/dashboards.ts';
import {dashboardPage} from '../../tools/observability/draw-dashboard.ts';
import {valuesOver} from '../../tools/observability/values-over.ts';
import type {Checks} from './checks.ts';

const WIDTH = 1_248;
/** Whose page the dashboard of one program is. */
const PROGRAM = 'storage';
const MOST_BYTES = 150_000;

/**
 * Every dashboard as a picture.
 * @param run.prometheus its address
 * @param run.from since when, in seconds since the epoch
 * @param run.into folder of the pictures
 */
export async function pictureDashboards(
  run: {prometheus: string; from: number; into: string},
  checks: Checks,
  page: ChromiumPage,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'vv-dashboards-'));
  const span = {from: run.from, to: Date.now() / 1_000};
  for (const dashboard of DASHBOARDS) {
    const values = await valuesOver(run.prometheus, dashboard, span, PROGRAM);
    const told = dashboard.byProgram === true ? `Here: ${PROGRAM}.` : '';
    const html = join(dir, `${dashboard.name}.html`);
    writeFileSync(html, dashboardPage(dashboard, values, span, told));
    const all = [...values.values()];
    const withValues = all.filter((series) => series.some(({points}) => points.length > 1)).length;
    checks.holds(`${dashboard.name}: ${withValues} of ${all.length} panels have values`, withValues > 0);
    const url = pathToFileURL(html).href;
    await page.visit(url, {width: WIDTH, height: 400});
    await page.visit(url, {width: WIDTH, height: await page.evaluate('document.documentElement.scrollHeight')});
    const picture = join(run.into, `dashboard-${dashboard.name}.png`);
    await page.picture(picture);
    checks.isSmall(picture, MOST_BYTES);
  }
  rmSync(dir, {recursive: true});
}
