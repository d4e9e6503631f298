import {join} from 'node:path';
import {buildEnvironment} from '../config.js';
import {runTool} from './run-tool.js';
import type {EngineBuild} from './cache.js';
import type {GoEngine} from './catalogue.js';

// No cgo: no C compiler needed, and the same binary from the same go.sum. No other toolchain is fetched behind our back.
const env = () => buildEnvironment({
  CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: '-mod=readonly -trimpath -buildvcs=false',
});

/** Downloads what the engine's package needs (not all of the module graph), checked against go.sum. */
export async function fetchGo(build: EngineBuild, engine: GoEngine): Promise<void> {
  await runTool(`fetching ${engine.name}`, {command: 'go', args: ['list', '-deps', '-f', '{{.Name}}', engine.package], cwd: build.source, env: env()});
}

export async function buildGo(build: EngineBuild, engine: GoEngine, into: string): Promise<void> {
  const args = ['build', '-ldflags=-s -w', '-o', join(into, engine.binary), engine.package];
  await runTool(`building ${engine.name}`, {command: 'go', args, cwd: build.source, env: env()});
}
