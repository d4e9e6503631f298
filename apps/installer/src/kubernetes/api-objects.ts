import {z} from 'zod';
import {objectOf} from '../identities/printed-objects.js';
import type {ObjectKind, ObjectStore, Texts} from '../identities/object-store.js';
import {InstallerError} from '../installer-error.js';
import type {ApiCall} from './api-call.js';

const objectBody = z.object({data: z.record(z.string(), z.string()).default({})});
const CREATED = 201;
const OK = 200;
const NOT_FOUND = 404;
const CONFLICT = 409;

/** The Secrets and ConfigMaps of this pod's namespace, by the Kubernetes API. */
export class ApiObjects implements ObjectStore {
  constructor(
    private readonly call: ApiCall,
    private readonly marks: {namespace: string; labels: Texts; annotations: Texts},
  ) {}

  async read(kind: ObjectKind, name: string): Promise<Texts | undefined> {
    const {status, body} = await this.call('GET', this.path(kind, name));
    if (status === NOT_FOUND) return undefined;
    if (status !== OK) throw refused('get', {kind, name, status, body});
    return textsOf(kind, body);
  }

  async create(kind: ObjectKind, name: string, texts: Texts): Promise<Texts> {
    const {status, body} = await this.call('POST', this.path(kind), objectOf({kind, name, texts, ...this.marks}));
    if (status === CREATED) return texts;
    if (status !== CONFLICT) throw refused('create', {kind, name, status, body});
    // Somebody else has made it in the meantime: theirs counts.
    const theirs = await this.read(kind, name);
    if (theirs === undefined)
      throw new InstallerError(`${kind} ${name} is there and not there: somebody deletes what is made here.`);
    return theirs;
  }

  async hasClaim(name: string): Promise<boolean> {
    const kind = 'persistentvolumeclaim';
    const {status, body} = await this.call('GET', this.path(kind, name));
    if (status !== OK && status !== NOT_FOUND) throw refused('get', {kind, name, status, body});
    return status === OK;
  }

  private path(kind: string, name?: string): string {
    return `/api/v1/namespaces/${this.marks.namespace}/${kind}s${name === undefined ? '' : `/${name}`}`;
  }
}

function textsOf(kind: ObjectKind, body: string): Texts {
  const data = dataOf(kind, body);
  return kind === 'configmap'
    ? data
    : Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
      );
}

// The parser's own error quotes the body, which may be a Secret.
function dataOf(kind: ObjectKind, body: string): Texts {
  try {
    return objectBody.parse(JSON.parse(body)).data;
  } catch {
    throw new InstallerError(`The Kubernetes API answered with something that is no ${kind}.`);
  }
}

function refused(
  verb: string,
  {kind, name, status, body}: {kind: string; name: string; status: number; body: string},
): InstallerError {
  if (status === 403)
    return new InstallerError(
      `The service account of this pod may not ${verb} ${kind}s (${name}). Give its Role the verb "${verb}" on ${kind}s, or make the objects yourself (keys.create=false, \`installer identities --print\`).`,
    );
  if (status === 401)
    return new InstallerError("The Kubernetes API does not accept the token of this pod's service account.");
  return new InstallerError(
    `The Kubernetes API answered ${String(status)} to "${verb} ${kind} ${name}": ${messageOf(body)}`,
  );
}

/** The API's own sentence; never the object, which may be a Secret. */
function messageOf(body: string): string {
  try {
    const {kind, message} = JSON.parse(body) as {kind?: unknown; message?: unknown};
    return kind === 'Status' && typeof message === 'string' ? message.slice(0, 500) : 'no reason given';
  } catch {
    return 'no reason given';
  }
}
