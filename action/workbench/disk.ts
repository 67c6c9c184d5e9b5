// Reports a full disk as such, not as whatever failed because of it.
import { KinError } from "../../core/model/error.ts";
import { freeAt } from "./totals.ts";

/** Less than this is not enough to work with. */
const TOO_LITTLE = 16 * 1024 ** 2;

const NO_SPACE = /No space left on device|ENOSPC|Disk quota exceeded|EDQUOT/;

/** The error to throw instead: that the disk is full, if it is. */
export const refuseFullDisk = async (error: unknown, dir: string): Promise<unknown> => {
  const said = error instanceof Error && NO_SPACE.test(`${error.message} ${(error as KinError).hint ?? ""}`);
  const { bytes, inodes } = await freeAt(dir).catch(() => ({ bytes: TOO_LITTLE, inodes: 1 }));
  if (!said && bytes >= TOO_LITTLE && inodes > 0) return error;
  return new KinError("The machine's disk is full.", {
    code: "disk_full",
    hint: "Free some of it, or take a runner with more; Kin needs room for a copy of the project for each step.",
    cause: error,
  });
};
