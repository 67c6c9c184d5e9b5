// The check run `kin/gate` on the head of Kin's own pull request.
import { gateCheck } from "../../core/report/gate-check.ts";
import { GATE_CHECK } from "../plane.ts";
import type { Publishing } from "./publishing.ts";

export const publishCheck = async ({ plane, github, view }: Publishing): Promise<void> => {
  const { task } = view;
  if (task.head_sha === null || task.pr_number === null) return;
  const check = gateCheck(view);
  const sha = task.head_sha;
  const hash = plane.sha256(JSON.stringify(check));
  const last = task.published.check;
  if (last?.sha === sha && last.hash === hash) return;
  const id = (last?.sha === sha ? last.id : null) ?? (await github.checkOf(sha, GATE_CHECK))?.id ?? null;
  if (id !== null) await github.updateCheck(id, check);
  const made = id ?? (await github.createCheck({ ...check, name: GATE_CHECK, sha })).id;
  await plane.store.updateTask(
    task.id,
    { published: { ...task.published, check: { sha, hash, id: made } } },
    plane.clock.now(),
  );
};
