import type {Outcome} from '../run.js';

export interface BuildRequest {
  /** Name and tag of the result. */
  reference: string;
  containerfile: string;
  context: string;
  args: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  /** Every time stamp in the image. */
  created: Date;
}

export interface RunRequest {
  /** Numeric, `uid:gid`. */
  user: string;
  command: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** What builds images on this machine. */
export interface ContainerTool {
  readonly name: string;
  build(request: BuildRequest): Promise<void>;
  /** Digest of an image that is here, or undefined. */
  digestOf(reference: string): Promise<string | undefined>;
  /** Fetches an image. @returns whether it could be had */
  pull(reference: string): Promise<boolean>;
  /** Writes an archive that `ctr images import` takes. @returns digest of the image in it */
  save(reference: string, archive: string): Promise<string>;
  /** Runs one program in an image of an archive or, if it does not end in .tar, in an image that is here. */
  runIn(image: string, request: RunRequest): Promise<Outcome>;
}
