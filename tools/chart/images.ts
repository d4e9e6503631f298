import type {KubernetesObject} from './kubernetes-object.ts';
import {containersOf, podsOf} from './pods.ts';

/**
 * Every image that objects name, wherever they do: in a container, an environment variable, an argument, a text.
 * Sorted, each once.
 */
export function imagesOf(objects: readonly KubernetesObject[]): string[] {
  const images = new Set(podsOf(objects).flatMap((pod) => containersOf(pod).map(({image}) => image)));
  const hidden = /[a-z0-9.:/-]*\/?vitalvault\/[a-z-]+(?::[a-z0-9.-]+|@sha256:[0-9a-f]{64})/g;
  for (const [image] of JSON.stringify(objects).matchAll(hidden)) images.add(image);
  return [...images].sort();
}

/** images.txt: one image a line, for mirroring. */
export const imagesText = (objects: readonly KubernetesObject[]): string => `${imagesOf(objects).join('\n')}\n`;
