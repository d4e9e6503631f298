import {describe, expect, it} from '@jest/globals';
import {build} from 'esbuild';
import {join} from 'node:path';
import {createContext, runInContext} from 'node:vm';

const WEB = [
  'crypto',
  'TextEncoder',
  'TextDecoder',
  'URL',
  'AbortSignal',
  'Headers',
  'atob',
  'btoa',
  'setTimeout',
  'TextDecoderStream',
] as const;

async function bundle() {
  return build({
    entryPoints: [join(import.meta.dirname, 'index.ts')],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'vitalvault',
    target: 'es2023',
    conditions: ['source'],
    logLevel: 'silent',
  });
}

describe('the SDK in a browser', () => {
  it('bundles without any part of Node and runs with web globals alone', async () => {
    const {outputFiles, metafile, warnings} = await bundle();
    const [file] = outputFiles;
    const imports = Object.values(metafile.inputs)
      .flatMap((input) => input.imports)
      .filter(({external}) => external === true);
    expect(warnings).toEqual([]);
    // @hpke/core would fall back to it where there is no WebCrypto: the run below shows that it is not reached.
    expect(imports.map(({path}) => path).filter((path) => path !== 'crypto')).toEqual([]);
    expect(file?.contents.length ?? 0).toBeLessThan(600_000);
    const context = createContext(Object.fromEntries(WEB.map((name) => [name, globalThis[name]])));
    runInContext(`${file?.text ?? ''};globalThis.vitalvault = vitalvault`, context);
    const result: unknown = await runInContext(
      `(async () => {
      const random = (n) => crypto.getRandomValues(new Uint8Array(n));
      const keys = vitalvault.createPatientKeys(random);
      const reading = vitalvault.heartRateReading({timeMs: 1459497240000, beatsPerMinute: 93}, 1459497240000, random);
      return [keys.patient.length, vitalvault.enrolmentRequest(keys).slice(0, 9), vitalvault.faultOfDataPoint('omh:heart-rate:2.0', reading.text)];
    })()`,
      context,
    );
    expect(JSON.stringify(result)).toBe(JSON.stringify([40, 'vvenrol1.', undefined]));
  });
});
