import {join} from 'node:path';
import {buildEnvironment} from '../config.js';
import {runTool} from './run-tool.js';
import type {EngineBuild} from './cache.js';
import type {GoEngine} from './catalogue.js';

// No cgo: no C compiler needed, and the same binary from the same go.sum. No other toolchain is fetched behind our
// back.
const env = () =>
  buildEnvironment({
    CGO_ENABLED: '0',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    GOFLAGS: '-mod=readonly -trimpath -buildvcs=false',
  });

const tagsOf = ({tags = []}: GoEngine): string[] => (tags.length === 0 ? [] : [`-tags=${tags.join(',')}`]);

/** Downloads what the engine's packages need (not all of the module graph), checked against go.sum. */
export async function fetchGo(build: EngineBuild, engine: GoEngine): Promise<void> {
  const args = ['list', '-deps', ...tagsOf(engine), '-f', '{{.Name}}', ...engine.binaries.map((b) => b.package)];
  await runTool(`fetching ${engine.name}`, {command: 'go', args, cwd: build.source, env: env()});
}

export async function buildGo(build: EngineBuild, engine: GoEngine, into: string): Promise<void> {
  const variables = Object.entries(engine.linkVariables ?? {})
    .map(([name, value]) => ` -X ${name}=${value}`)
    .join('');
  for (const {package: path, binary} of engine.binaries) {
    const args = ['build', ...tagsOf(engine), `-ldflags=-s -w${variables}`, '-o', join(into, binary), path];
    await runTool(`building ${binary}`, {command: 'go', args, cwd: build.source, env: env()});
  }
}
