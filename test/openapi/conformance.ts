import {Ajv2020} from 'ajv/dist/2020.js';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

interface Media {
  schema?: object;
}
interface Described {
  content?: Record<string, Media>;
}
interface Operation {
  requestBody?: Described;
  responses: Record<string, Described>;
}
interface Found {
  operation: Operation;
  name: string;
  pointer: string;
}

/** What a server answered, as far as the documents speak of it. */
export interface Answer {
  status: number;
  contentType: string;
  /** Parsed body of a JSON answer. */
  json: () => Promise<unknown>;
}

const DOCUMENTS = join(import.meta.dirname, '../../docs/openapi');
const JSON_TYPE = /^application\/(problem\+)?json$/;

/** The committed OpenAPI documents, to hold real requests and answers against. */
export class Conformance {
  readonly #ajv = new Ajv2020({strict: false, allErrors: true});
  readonly #routes: {method: string; pattern: RegExp; specific: number; found: Found}[] = [];

  constructor() {
    for (const file of readdirSync(DOCUMENTS).filter((name) => name.endsWith('.json'))) {
      const document = JSON.parse(readFileSync(join(DOCUMENTS, file), 'utf8')) as {
        paths: Record<string, Record<string, Operation>>;
      };
      this.#ajv.addSchema(document, file);
      for (const [path, operations] of Object.entries(document.paths))
        for (const [method, operation] of Object.entries(operations)) this.#add(file, {path, method, operation});
    }
    this.#routes.sort((a, b) => b.specific - a.specific);
  }

  /**
   * What is wrong with an answer to a request, or with a request that was taken; undefined: nothing, or no route of
   * ours.
   */
  async faultOf(request: {method: string; url: URL; json?: unknown}, answer: Answer): Promise<string | undefined> {
    const found = this.#routes.find(
      ({method, pattern}) => method === request.method && pattern.test(request.url.pathname),
    )?.found;
    // That every route is described is what each service's own spec of its document shows.
    if (found === undefined) return undefined;
    const fault =
      (await this.#answerFault(found, answer)) ??
      (answer.status < 300 ? this.#requestFault(found, request.json) : undefined);
    return fault === undefined ? undefined : `${found.name}: ${fault}`;
  }

  async #answerFault({operation, pointer}: Found, {status, contentType, json}: Answer): Promise<string | undefined> {
    const described = operation.responses[String(status)];
    if (described === undefined) return `status ${status} is not described`;
    const types = Object.keys(described.content ?? {});
    const type = contentType.split(';', 1)[0]?.trim() ?? '';
    if (type !== '' || types.length > 0) {
      if (!types.includes(type)) return `${status} came as ${type}, described is ${types.join(' or ')}`;
    }
    if (!JSON_TYPE.test(type)) return undefined;
    const wrong = this.#invalid(`${pointer}/responses/${status}/content/${escape(type)}/schema`, await json());
    return wrong === undefined ? undefined : `the ${status} answer ${wrong}`;
  }

  #requestFault({operation, pointer}: Found, json: unknown): string | undefined {
    if (json === undefined || operation.requestBody?.content?.['application/json'] === undefined) return undefined;
    const wrong = this.#invalid(`${pointer}/requestBody/content/${escape('application/json')}/schema`, json);
    return wrong === undefined ? undefined : `was taken, though the request ${wrong}`;
  }

  #add(file: string, {path, method, operation}: {path: string; method: string; operation: Operation}): void {
    const pattern = new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`);
    // A path without variables is meant before one with them.
    const specific = path.split('/').filter((part) => part !== '' && !part.startsWith('{')).length;
    this.#routes.push({
      method: method.toUpperCase(),
      pattern,
      specific,
      found: {operation, name: `${method.toUpperCase()} ${path}`, pointer: `${file}#/paths/${escape(path)}/${method}`},
    });
  }

  #invalid(reference: string, value: unknown): string | undefined {
    const validate = this.#ajv.getSchema(reference);
    if (validate === undefined) return `has no schema at ${reference}`;
    return validate(value) === true ? undefined : `does not fit: ${this.#ajv.errorsText(validate.errors)}`;
  }
}

// A JSON pointer inside a URI fragment.
const escape = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
