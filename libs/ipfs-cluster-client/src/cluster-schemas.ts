import {z} from 'zod';

const cid = z.union([z.string(), z.object({'/': z.string()}).transform((link) => link['/'])]);

/** Answer of POST /add without streaming: what was added, the root last. */
export const AddedSchema = z.array(z.object({cid, name: z.string().optional(), size: z.number().optional()})).min(1);

/** GlobalPinInfo: GET /pins/{cid}. */
export const PinInfoSchema = z.object({
  cid,
  peer_map: z.record(
    z.string(),
    z.object({status: z.string(), peername: z.string().optional(), error: z.string().optional()}),
  ),
});

/** GET /monitor/metrics/{name}: the newest metric of each peer. `freespace` is in bytes. */
export const MetricsSchema = z.array(z.object({peer: z.string(), value: z.string(), valid: z.boolean()}));

export const PeerSchema = z.object({id: z.string(), peername: z.string().optional(), error: z.string().optional()});
