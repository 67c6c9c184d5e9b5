// The check run `kin/gate` on the head of Kin's own pull request.
import { besideOthers, gateCheck, stopped } from "../../core/report/gate-check.ts";
import { GATE_CHECK } from "../plane.ts";
import { refusalOf } from "./made.ts";
import { note, type Publishing } from "./publishing.ts";

export const publishCheck = async ({ plane, github, view }: Publishing): Promise<void> => {
  const { task } = view;
  if (task.head_sha === null || task.pr_number === null) return;
  const last = view.pipelines.at(-1)?.pipeline;
  // This commit does not contain what the gate approved.
  const refused = last !== undefined && (await refusalOf(last, plane)) !== null;
  const check = refused ? stopped(view) : view.beside ? besideOthers(gateCheck(view)) : gateCheck(view); // guard: green-is-judged
  const sha = task.head_sha;
  const hash = plane.sha256(JSON.stringify(check));
  const shown = task.published.check;
  if (shown?.sha === sha && shown.hash === hash) return;
  const id =
    (shown?.sha === sha ? shown.id : null) ??
    (await github.checkOf(sha, { name: GATE_CHECK, app_id: plane.app.id }))?.id ??
    null;
  if (id !== null) await github.updateCheck(id, check);
  const made = id ?? (await github.createCheck({ ...check, name: GATE_CHECK, sha })).id;
  await note({ plane, view }, { check: { sha, hash, id: made } });
};
