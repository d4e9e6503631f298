// Dashboards of Grafana as it reads them, by the builders that Grafana makes of its own schemas.
import {LegendDisplayMode, LegendPlacement, VizLegendOptionsBuilder} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {DataqueryBuilder} from '@grafana/grafana-foundation-sdk/prometheus';
import {PanelBuilder as NumberPanel} from '@grafana/grafana-foundation-sdk/stat';
import {PanelBuilder as CurvePanel} from '@grafana/grafana-foundation-sdk/timeseries';
import {DASHBOARDS} from './dashboards.ts';
import type {Dashboard, Panel} from './panel.ts';

/** Where the chart finds them, from the root. */
const FOLDER = 'deploy/helm/vitalvault/files/dashboards';
const SOURCE = {type: 'prometheus', uid: '${datasource}'};
/** Of the 24 columns, and of rows of 30 pixels. */
const [WIDTH, HEIGHT] = [8, 8];

const curve = (): CurvePanel =>
  new CurvePanel().legend(
    new VizLegendOptionsBuilder()
      .showLegend(true)
      .displayMode(LegendDisplayMode.List)
      .placement(LegendPlacement.Bottom),
  );

function panel({title, description, unit, queries, shape}: Panel): CurvePanel | NumberPanel {
  const made = (shape === 'number' ? new NumberPanel() : curve())
    .title(title)
    .description(description)
    .unit(unit)
    .min(0)
    .datasource(SOURCE)
    .span(WIDTH)
    .height(HEIGHT);
  for (const [i, {expr, legend}] of queries.entries()) {
    const target = new DataqueryBuilder()
      .expr(expr)
      .legendFormat(legend)
      .refId(String.fromCharCode(65 + i))
      .range();
    // Traces of its values, where there are any.
    made.withTarget(/_bucket\b/.test(expr) ? target.exemplar(true) : target);
  }
  return made;
}

/** What is chosen above the panels: where Prometheus is, which installation, which program. */
function choices({byProgram}: Dashboard): (DatasourceVariableBuilder | QueryVariableBuilder)[] {
  const labels = (name: string, label: string): QueryVariableBuilder =>
    new QueryVariableBuilder(name)
      .label(label)
      .datasource(SOURCE)
      .query(`label_values(up{program!=""}, ${name})`)
      .refresh(VariableRefresh.OnTimeRangeChanged);
  return [
    new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'),
    // Where scrapes have no such label, all is one installation.
    labels('namespace', 'Namespace').includeAll(true).allValue('.*'),
    ...(byProgram ? [labels('program', 'Program')] : []),
  ];
}

function dashboardText(dashboard: Dashboard): string {
  const {name, title, description, rows} = dashboard;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- of its two forms the one that sidecars and files take
  const made = new DashboardBuilder(title)
    .uid(`vitalvault-${name}`)
    .description(description)
    .tags(['vitalvault'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('1m')
    .time({from: 'now-6h', to: 'now'})
    .timezone('browser');
  for (const choice of choices(dashboard)) made.withVariable(choice);
  for (const row of rows) {
    made.withRow(new RowBuilder(row.title));
    for (const one of row.panels) made.withPanel(panel(one));
  }
  return `${JSON.stringify(made.build(), undefined, 1)}\n`;
}

/** Text of every dashboard by its path from the root. */
export const dashboardFiles = (): Record<string, string> =>
  Object.fromEntries(DASHBOARDS.map((dashboard) => [`${FOLDER}/${dashboard.name}.json`, dashboardText(dashboard)]));
