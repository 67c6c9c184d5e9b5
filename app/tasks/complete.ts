import type { TaskRecord } from "../../core/model/record.ts";
import type { Plane } from "../plane.ts";
import { stateFact } from "./state.ts";

export const complete = async (
  task: TaskRecord,
  { plane, reason }: { readonly plane: Plane; readonly reason: string },
): Promise<void> => {
  await stateFact(task, { kind: "completed", reason }, { plane });
};

/** It waits for a person, and there is nothing that a pull request could show. */
export const isBareResult = ({ status, pr_number, head_sha }: TaskRecord): boolean =>
  status === "review" && pr_number === null && head_sha === null;
