import {OF_LEDGER} from './dashboard-of-ledger.ts';
import {OF_PARTS} from './dashboards-of-parts.ts';
import {OF_USE} from './dashboards-of-use.ts';
import type {Dashboard} from './panel.ts';

export const DASHBOARDS: readonly Dashboard[] = [...OF_USE, OF_LEDGER, ...OF_PARTS];

export interface PanelQuery {
  readonly dashboard: string;
  readonly panel: string;
  readonly query: string;
}

/** Every query of every panel. */
export const panelQueries = (): PanelQuery[] =>
  DASHBOARDS.flatMap(({name, rows}) =>
    rows.flatMap(({panels}) =>
      panels.flatMap(({title, queries}) => queries.map(({expr}) => ({dashboard: name, panel: title, query: expr}))),
    ),
  );
