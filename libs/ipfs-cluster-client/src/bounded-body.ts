import {DomainError} from '@vitalvault/errors';

/** Reads a body that may not have more than `maxBytes`. @throws DomainError ipfs-unavailable when it has. */
export async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array> {
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (announced > maxBytes) {
    await response.body?.cancel();
    throw new DomainError('ipfs-unavailable', {detail: 'a peer answered with more than was asked for'});
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new DomainError('ipfs-unavailable', {detail: 'a peer answered with more than was asked for'});
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
