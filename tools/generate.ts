// What is generated and committed, out of the code that it tells of: documents and the chart's generated files.
//   npm run generate            writes it
// Takes what tools/build.ts compiled; tools/check-generated.ts says what is stale.
import {mkdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {chartTexts} from './generate-chart.ts';
import {configDocuments} from './generate-config-docs.ts';
import {errorsDocument} from './generate-errors-doc.ts';
import {metricsDocument} from './generate-metrics-doc.ts';
import {dashboardFiles} from './observability/grafana.ts';
import {ruleFiles} from './observability/rule-files.ts';
import {openApiTexts} from './generate-openapi.ts';
import {pictures} from './generate-picture.ts';
import {architectureText} from './package-graph.ts';

const root = join(import.meta.dirname, '..');
const at = (texts: Readonly<Record<string, string>>, path: (name: string) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [path(name), text]));

/** Text of every generated file by its path in the repository. */
export async function generatedTexts(): Promise<Record<string, string>> {
  return {
    'ARCHITECTURE.md': architectureText(),
    'docs/errors.md': errorsDocument(),
    'docs/operations/metrics.md': metricsDocument(),
    ...at(configDocuments(), (app) => `docs/config/${app}.md`),
    ...at(openApiTexts(), (service) => `docs/openapi/${service}.json`),
    ...ruleFiles(),
    ...dashboardFiles(),
    ...pictures(),
    ...(await chartTexts()),
  };
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await generatedTexts())) {
    await mkdir(dirname(join(root, path)), {recursive: true});
    await writeFile(join(root, path), text);
  }
}
