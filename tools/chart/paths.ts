import {join} from 'node:path';

/** Places that the chart's tools read and write. */
export const REPOSITORY = join(import.meta.dirname, '..', '..');
export const HELM = join(REPOSITORY, 'deploy', 'helm');
export const CHART = join(HELM, 'vitalvault');
