import {waitFor} from '../waiting/wait-for.js';
import type {Awaited, WaitOptions} from '../waiting/wait-for.js';
import type {SinglePod, SinglePods} from './single-pods.js';

/** What keeps a StatefulSet from running its present template, if anything. */
function faultOf({wanted, pod}: SinglePod): string | undefined {
  if (wanted === undefined) return 'Kubernetes has not seen the change yet';
  if (pod === undefined) return 'it has no pod';
  if (pod.revision !== wanted) return 'its pod is of an older template';
  return pod.ready ? undefined : 'its pod is not ready';
}

/**
 * Replaces the pods of an older template, one after the other, and never while another one is not ready: two of four
 * validators away are a chain that stands still. Those that are not ready anyhow go first and together; perhaps the new
 * template is what mends them. What was done is not done again, so a run that was cut short is simply repeated.
 * @throws InstallerError after `timeoutSeconds` without progress, naming who is not ready
 */
export async function restartOneByOne(names: readonly string[], pods: SinglePods, options: WaitOptions): Promise<void> {
  const until = (name: string, fault: (now: SinglePod) => string | undefined): Awaited => ({
    name,
    fault: async () => fault(await pods.look(name)),
  });
  const quiet = {
    ...options,
    say: (line: string) => {
      if (!line.endsWith('is there')) options.say(line);
    },
  };
  await waitFor(
    names.map((name) => until(name, ({wanted}) => (wanted === undefined ? faultOf({}) : undefined))),
    quiet,
  );

  const end = async (name: string, {pod}: SinglePod): Promise<void> => {
    if (pod === undefined) return;
    options.say(`${name}: its pod is replaced`);
    await pods.end(name, pod.uid);
  };
  const older = ({wanted, pod}: SinglePod): boolean => pod !== undefined && pod.revision !== wanted;

  for (const name of names) {
    const now = await pods.look(name);
    if (older(now) && now.pod?.ready === false) await end(name, now);
  }
  for (const name of names) {
    if (!older(await pods.look(name))) continue;
    const others = names.filter((other) => other !== name);
    // Of an older template they may be still; their turn comes.
    await waitFor(
      others.map((other) => until(other, ({pod}) => (pod?.ready === true ? undefined : 'its pod is not ready'))),
      quiet,
    );
    await end(name, await pods.look(name));
    await waitFor([until(name, faultOf)], quiet);
  }
  await waitFor(
    names.map((name) => until(name, faultOf)),
    quiet,
  );
  options.say(`all ${String(names.length)} run the present template and are ready`);
}
