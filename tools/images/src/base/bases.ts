import {createHash} from 'node:crypto';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {CONTAINERFILES, LOCAL_REGISTRY, UPSTREAM_BASE} from '../config.js';
import {ImagesError} from '../images-error.js';
import {progress} from '../progress.js';
import {revisionOf} from '../revision.js';
import {DPKG_FORMAT, debianComponents} from '../sbom/debian-components.js';
import type {Component} from '../sbom/bom.js';
import type {ContainerTool} from '../tool/container-tool.js';
import {makeDebian} from './debootstrap.js';

/** What the bases have beyond Debian; `jdk` is only built with, nothing of it but its runtime gets into an image. */
const PACKAGES = {
  base: 'ca-certificates',
  'base-postgres': 'ca-certificates libnss-wrapper',
  jdk: 'ca-certificates openjdk-17-jdk-headless',
} as const;
export type BaseName = keyof typeof PACKAGES;

export interface Base {
  reference: string;
  digest: string;
  /** Hash of what it was asked to be made from. */
  key: string;
  components: Component[];
}

export interface OriginChoice {
  /** Image name, or `debootstrap`; nothing: upstream's, or debootstrap if that cannot be had. */
  from?: string;
  refresh: boolean;
}

/**
 * Makes bases on demand and keeps them until they are asked to be refreshed: their digest decides those of the images.
 */
export class Bases {
  private readonly made = new Map<BaseName, Promise<Base>>();
  private origin: Promise<string> | undefined;

  constructor(
    private readonly tool: ContainerTool,
    private readonly directory: string,
    private readonly options: OriginChoice,
  ) {}

  get(name: BaseName): Promise<Base> {
    const base = this.made.get(name) ?? this.kept(name);
    this.made.set(name, base);
    return base;
  }

  private async kept(name: BaseName): Promise<Base> {
    const file = join(this.directory, `${name}.base.json`);
    const containerfile = join(CONTAINERFILES, 'base/Containerfile');
    const recipe = [this.tool.name, this.options.from ?? 'any', PACKAGES[name], await readFile(containerfile, 'utf8')];
    const key = createHash('sha256').update(JSON.stringify(recipe)).digest('hex');
    const text = await readFile(file, 'utf8').catch(() => undefined);
    const kept = text === undefined ? undefined : (JSON.parse(text) as Base);
    if (!this.options.refresh && kept?.key === key && (await this.tool.digestOf(kept.reference)) === kept.digest)
      return kept;

    const from = await (this.origin ??= this.findOrigin());
    const reference = `${LOCAL_REGISTRY}/vitalvault/${name}:bookworm`;
    progress(`making ${name}: ${from} with ${PACKAGES[name]}`);
    const {created} = await revisionOf(['deploy/images/base']);
    await this.tool.build({
      reference,
      containerfile,
      context: join(CONTAINERFILES, 'base'),
      args: {BASE: from, PACKAGES: PACKAGES[name]},
      labels: {},
      created,
    });
    const {stdout, code, stderr} = await this.tool.runIn(reference, {
      user: '0:0',
      command: ['dpkg-query', '-W', '-f', DPKG_FORMAT],
    });
    const digest = await this.tool.digestOf(reference);
    if (code !== 0 || digest === undefined) throw new ImagesError(`${reference} does not tell its packages: ${stderr}`);
    const base = {reference, digest, key, components: debianComponents(stdout)};
    await writeFile(file, JSON.stringify(base));
    return base;
  }

  private async findOrigin(): Promise<string> {
    const own = `${LOCAL_REGISTRY}/vitalvault/debian:bookworm`;
    const asked = this.options.from ?? UPSTREAM_BASE;
    if (asked !== 'debootstrap') {
      if ((await this.tool.digestOf(asked)) !== undefined && !this.options.refresh) return asked;
      progress(`fetching ${asked}`);
      if (await this.tool.pull(asked)) return asked;
      if (this.options.from !== undefined)
        throw new ImagesError(
          `${asked} cannot be fetched. Name another base, or make one here: make images BASE=debootstrap.`,
        );
      console.error(
        `\n*** ${asked} cannot be fetched from here. A base is made with debootstrap instead (make images BASE=name to choose). ***\n`,
      );
    }
    // One that is here and whose recipe is unchanged is as good as a new one, unless new packages are asked for.
    if (this.options.refresh || (await this.tool.digestOf(own)) === undefined) await makeDebian(this.tool, own);
    return own;
  }
}
