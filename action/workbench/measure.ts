// How much a sandbox's /tmp holds, counted by our own command in another sandbox that also sees it.
import type { Launch } from "./box.ts";
import { runCommand, shellFor } from "./command.ts";
import { type Measured, SCRATCH } from "./protocol.ts";
import type { Watch } from "./totals.ts";

const SECONDS = 20;

/** Skips what cannot be entered, which shows in the exit code. */
const COUNTED = `exec 2>/dev/null; du -xsk ${SCRATCH}; one=$?; du -xs --inodes ${SCRATCH} && exit $one`;

/** Throws if it cannot be counted in time. */
export const measureScratch = async (
  launch: (argv: readonly string[]) => Promise<Launch>,
  { signal, watch }: { readonly signal: AbortSignal; readonly watch: Watch },
): Promise<Measured> => {
  const limits = { seconds: SECONDS, signal, watch };
  const { text, ran } = await runCommand(COUNTED, await launch(shellFor(COUNTED)), limits);
  const [kibibytes, inodes] = [...text.matchAll(/^(\d+)\t/gm)].map(([, number]) => Number(number));
  if (kibibytes === undefined || inodes === undefined) throw new Error("it could not be counted");
  return { bytes: kibibytes * 1024, inodes, whole: ran.exit_code === 0 };
};
