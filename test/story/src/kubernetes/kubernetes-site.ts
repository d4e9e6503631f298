import {mkdirSync, rmSync, writeFileSync, appendFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {StoryError} from '../story-error.js';
import {flatfsFile} from '../flatfs.js';
import type {Site, SiteMemory, StoreName} from '../site.js';
import {componentOf, isReady, secretBehind, statsSummary, writableDirectories} from './objects.js';
import type {Pod} from './objects.js';
import type {Reach} from './reach.js';
import {PORT, targetOf} from './release-endpoints.js';
import type {Release} from './release.js';

const MEBIBYTE = 1024 * 1024;
const WAIT = '180s';

/** What is found out once, before the story begins. */
interface Doors {
  sponsorKey: string;
  kafka: string;
  postgres: string;
}

export interface KubernetesSiteOptions {
  release: Release;
  reach: Reach;
  /** Directory of this machine for keys and copies of stores; what it lays there it takes away again. */
  data: string;
  /** Secret with the sponsor key, when it is not the one that the chart made. */
  sponsorSecret?: string | undefined;
}

/**
 * The system as a release of the chart, through kubectl: what an administrator with rights in the namespace could do.
 */
export class KubernetesSite implements Site {
  readonly lookNext = 'kubectl get pods';
  // The kubelet gives every container two seconds at the least, whatever is asked for. Deleting by force would only
  // take the pod out of the API before its processes are gone: a second pod with the same key could start beside them.
  readonly howItKills = 'by deleting its pod with one second of grace';
  private spansAt: string | undefined;
  private spansSize = 0;

  private constructor(
    private readonly options: KubernetesSiteOptions,
    private readonly doors: Doors,
  ) {}

  static async open(options: KubernetesSiteOptions): Promise<KubernetesSite> {
    const {release, reach} = options;
    mkdirSync(join(options.data, 'keys'), {recursive: true, mode: 0o700});
    return new KubernetesSite(options, {
      sponsorKey: await layOutSponsorKey(options),
      kafka: await reach.addressOf(targetOf(release.service('kafka'), PORT.kafka)),
      postgres: await databaseUrl(release, reach),
    });
  }

  async kill(name: string): Promise<void> {
    const {kubectl} = this.options.release;
    await kubectl.text(['scale', 'statefulset', this.nameOf(name), '--replicas=0']);
    await kubectl.text([
      'delete',
      'pod',
      `${this.nameOf(name)}-0`,
      '--grace-period=1',
      '--ignore-not-found',
      `--timeout=${WAIT}`,
    ]);
  }

  async start(name: string): Promise<void> {
    const {kubectl} = this.options.release;
    await kubectl.text(['scale', 'statefulset', this.nameOf(name), '--replicas=1']);
    await kubectl.text(['rollout', 'status', `statefulset/${this.nameOf(name)}`, `--timeout=${WAIT}`]);
  }

  async running(): Promise<string[]> {
    return [...new Set((await this.options.release.pods()).filter(isReady).map(partOf))];
  }

  async contents(store: StoreName): Promise<string[]> {
    if (store === 'spans') return [await this.spansFile()];
    const dir = join(this.options.data, 'stores', store);
    rmSync(dir, {recursive: true, force: true});
    mkdirSync(dir, {recursive: true, mode: 0o700});
    if (store === 'logs') await this.copyLogs(dir);
    else
      for (const pod of await this.options.release.pods(store === 'chain' ? 'validator' : store))
        await this.copyDisk(pod, join(dir, pod.metadata.name));
    return [dir];
  }

  async readBlock(peer: number, cid: string): Promise<Buffer | undefined> {
    const bytes = await this.atBlock(peer, cid, 'if [ -f "$0" ]; then cat "$0"; fi');
    return bytes.length === 0 ? undefined : bytes;
  }

  async writeBlock(peer: number, cid: string, bytes: Buffer): Promise<void> {
    await this.atBlock(peer, cid, 'cat > "$0"', bytes);
  }

  async spansFile(): Promise<string> {
    const {release, data} = this.options;
    const {kubectl} = release;
    const [pod] = await release.pods('otel');
    if (pod === undefined)
      throw new StoryError('The release has no Collector.', {
        remedy: 'Install it with otel.enabled=true: the story shows traces.',
      });
    const at = {pod: pod.metadata.name, container: pod.spec.containers[0]?.name ?? ''};
    const file = join(data, 'stores', 'traces.jsonl');
    this.spansAt ??= await this.findSpans(pod, at, file);
    // Only what was written since: the file grows by megabytes while it is asked for every second.
    const fresh = await kubectl.bytes([
      'exec',
      at.pod,
      '-c',
      at.container,
      '--',
      'tail',
      '-c',
      `+${this.spansSize + 1}`,
      this.spansAt,
    ]);
    appendFileSync(file, fresh);
    this.spansSize += fresh.length;
    return file;
  }

  async memory(): Promise<SiteMemory> {
    const pods = await this.options.release.pods();
    const ours = new Set(pods.map(({metadata}) => metadata.name));
    let bytes = 0;
    for (const node of new Set(pods.map(({spec}) => spec.nodeName).filter((name) => name !== ''))) {
      const summary = statsSummary.parse(
        JSON.parse(
          await this.options.release.kubectl.text(['get', '--raw', `/api/v1/nodes/${node}/proxy/stats/summary`]),
        ),
      );
      const counted = summary.pods.filter(
        ({podRef}) => ours.has(podRef.name) && podRef.namespace === namespaceOf(pods),
      );
      bytes += counted
        .flatMap(({containers}) => containers)
        .reduce((sum, {memory}) => sum + (memory?.workingSetBytes ?? 0), 0);
    }
    return {mebibytes: bytes / MEBIBYTE, how: 'working set of every container, as the kubelet counts it'};
  }

  startSeconds(): number | undefined {
    return undefined;
  }

  sponsorKey(): string {
    return this.doors.sponsorKey;
  }

  /** Kafka names itself by its name inside the cluster; there is one broker, so every name means it. */
  kafka(): ReturnType<Site['kafka']> {
    const {hostname, port} = new URL(`tcp://${this.doors.kafka}`);
    return {
      brokers: [this.doors.kafka],
      socketFactory: ({onConnect}) =>
        connect({host: hostname, port: Number(port)}, onConnect).setKeepAlive(true, 60_000),
    };
  }

  postgres(): string {
    return this.doors.postgres;
  }

  close(): void {
    this.options.reach.close();
    for (const laidOut of ['keys', 'stores']) rmSync(join(this.options.data, laidOut), {recursive: true, force: true});
  }

  private nameOf(part: string): string {
    return `${this.options.release.fullname}-${part}`;
  }

  private async atBlock(peer: number, cid: string, script: string, input?: Buffer): Promise<Buffer> {
    const {release} = this.options;
    const file = flatfsFile('', cid);
    const stdin = input === undefined ? [] : ['-i'];
    return release.kubectl.bytes(
      [
        'exec',
        ...stdin,
        `${this.nameOf('ipfs')}-${peer}`,
        '-c',
        'kubo',
        '--',
        'sh',
        '-c',
        script.replaceAll('$0', `$IPFS_PATH/${file}`),
      ],
      input,
    );
  }

  private async copyDisk(pod: Pod, to: string): Promise<void> {
    for (const {container, path} of writableDirectories(pod)) {
      await this.options.release.kubectl.copyOut({pod: pod.metadata.name, container}, [path], to);
    }
  }

  private async copyLogs(dir: string): Promise<void> {
    const {release} = this.options;
    for (const {
      metadata: {name},
      status,
    } of await release.pods()) {
      for (const {name: container, restartCount, state} of [
        ...status.initContainerStatuses,
        ...status.containerStatuses,
      ]) {
        if (state.waiting === undefined)
          writeFileSync(
            join(dir, `${name}.${container}.log`),
            await release.kubectl.bytes(['logs', name, '-c', container]),
          );
        if (restartCount > 0)
          writeFileSync(
            join(dir, `${name}.${container}.before.log`),
            await release.kubectl.bytes(['logs', name, '-c', container, '--previous']),
          );
      }
    }
  }

  private async findSpans(pod: Pod, at: {pod: string; container: string}, file: string): Promise<string> {
    const where = writableDirectories(pod).map(({path}) => path);
    const found = await this.options.release.kubectl.text([
      'exec',
      at.pod,
      '-c',
      at.container,
      '--',
      'find',
      ...where,
      '-name',
      '*.jsonl',
    ]);
    const [path] = found.split('\n').filter((line) => line !== '');
    if (path === undefined)
      throw new StoryError('The Collector keeps no file of spans.', {
        remedy: "Install with the Collector's file exporter on (otel.file): the story looks for the sentence in it.",
      });
    mkdirSync(join(file, '..'), {recursive: true, mode: 0o700});
    writeFileSync(file, '');
    return path;
  }
}

/** The part's name in the story: validator-2, ipfs-0, ingest. */
function partOf(pod: Pod): string {
  const ordinal = (/-(\d+)$/.exec(pod.metadata.name) ?? [])[1] ?? '';
  const component = componentOf(pod);
  if (component === 'validator') return /validator-\d+/.exec(pod.metadata.name)?.[0] ?? component;
  return component === 'ipfs' ? `ipfs-${ordinal}` : component;
}

function namespaceOf(pods: readonly Pod[]): string {
  const namespace = pods[0]?.metadata['namespace'];
  return typeof namespace === 'string' ? namespace : '';
}

async function layOutSponsorKey({release, data, sponsorSecret}: KubernetesSiteOptions): Promise<string> {
  const secret = sponsorSecret ?? `${release.fullname}-key-sponsor`;
  const file = join(data, 'keys', 'sponsor.key.json');
  writeFileSync(file, await release.secretText(secret, 'key.json'), {mode: 0o600});
  return file;
}

/** Policy's own database with policy's own rights, seen from this machine. */
async function databaseUrl(release: Release, reach: Reach): Promise<string> {
  const spec = await release.podSpecOf('policy');
  const env = new Map(spec.containers.flatMap((container) => container.env).map(({name, value = ''}) => [name, value]));
  const url = new URL(env.get('VITALVAULT_DATABASE_URL') ?? '');
  const behind = secretBehind(spec, env.get('VITALVAULT_DATABASE_PASSWORD_FILE') ?? '');
  if (behind !== undefined)
    url.password = encodeURIComponent((await release.secretText(behind.secret, behind.key)).trim());
  url.host = await reach.addressOf(targetOf(release.service('postgres'), PORT.postgres));
  return url.href;
}
