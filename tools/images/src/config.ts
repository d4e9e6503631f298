import {resolve} from 'node:path';

/** Root of the clone: this file runs as tools/images/dist/config.js. */
export const REPOSITORY = resolve(import.meta.dirname, '../../..');

/** Where the Containerfiles are. */
export const CONTAINERFILES = resolve(REPOSITORY, 'deploy/images');

/** Upstream base, asked for when no other is named. Its default is in deploy/images/base/Containerfile too. */
export const UPSTREAM_BASE = 'docker.io/library/debian:12-slim';

/** Prefix of image names where no registry is named. */
export const LOCAL_REGISTRY = 'localhost';

export const buildahEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  // Namespaces of its own are what an unprivileged container lacks; chroot works wherever root does.
  BUILDAH_ISOLATION: process.env.BUILDAH_ISOLATION ?? 'chroot',
});
