import {Ajv} from 'ajv';
import type {ValidateFunction} from 'ajv';
import formats from 'ajv-formats';
import {SCHEMA_FILES} from './schema-files.js';
import {schemaById} from './known-schemas.js';

const validators = new Map<string, ValidateFunction>();
let compiler: Ajv | undefined;

/**
 * Checks one reading: JSON text of an Open mHealth data point whose header names `schemaId` and whose body is valid by
 * it.
 * @returns what is wrong, without any value of the reading; undefined when nothing is
 */
export function faultOfDataPoint(schemaId: string, text: string): string | undefined {
  const schema = schemaById(schemaId);
  if (schema === undefined) return `unknown schema ${schemaId}`;
  const point = parse(text);
  if (point === undefined) return 'not JSON';
  const outer = faultOfDocument('data-point-1.0.json', point);
  if (outer !== undefined) return outer;
  const {header, body} = point as {
    header: {schema_id: {namespace?: string; name?: string; version?: unknown}};
    body: unknown;
  };
  const {namespace, name, version} = header.schema_id;
  if (`${namespace}:${name}:${String(version)}` !== schemaId) return 'the header names another schema';
  return faultOfDocument(schema.file, body);
}

/**
 * Unix milliseconds of the (start of the) effective time of a data point; undefined when it has none that can be read.
 */
export function effectiveTimeMs(text: string): number | undefined {
  const point = parse(text) as
    {body?: {effective_time_frame?: {date_time?: string; time_interval?: {start_date_time?: string}}}} | undefined;
  const frame = point?.body?.effective_time_frame;
  const time = Date.parse(frame?.date_time ?? frame?.time_interval?.start_date_time ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** What is wrong with a document by one of the schema files; undefined when nothing is. */
export function faultOfDocument(file: string, value: unknown): string | undefined {
  const validate = validatorOf(file);
  if (validate(value)) return undefined;
  const [first] = validate.errors ?? [];
  return `${first?.instancePath ?? ''} ${first?.message ?? 'invalid'} (${file})`.trim();
}

function validatorOf(file: string): ValidateFunction {
  let validate = validators.get(file);
  if (validate === undefined) {
    validate = schemaCompiler().getSchema(file);
    if (validate === undefined) throw new RangeError(`no schema file ${file}`);
    validators.set(file, validate);
  }
  return validate;
}

// The files are draft-04 and draft-07 mixed. None uses a keyword that the two read differently, so they are compiled
// together without naming a draft; a spec runs Open mHealth's own test documents against the result.
function schemaCompiler(): Ajv {
  if (compiler !== undefined) return compiler;
  compiler = new Ajv({strict: false});
  formats.default(compiler);
  for (const [name, text] of Object.entries(SCHEMA_FILES)) {
    const schema = JSON.parse(text) as Record<string, unknown>;
    delete schema['$schema'];
    compiler.addSchema(schema, name);
    const alias = name.replace(/-(\d+)\.\d+\.json$/, '-$1.x.json');
    compiler.addSchema({$ref: name}, alias);
  }
  return compiler;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
