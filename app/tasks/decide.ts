// Decisions of the project: made in a comment, or proposed by a learner and ticked or accepted by a person.
import { marks } from "../../core/model/keys.ts";
import type { DecisionRow } from "../../core/model/record.ts";
import { tickedDecisions } from "../../core/report/decisions-comment.ts";
import { clean } from "../../core/text/clean.ts";
import type { Incoming } from "../intake/incoming.ts";
import type { Plane } from "../plane.ts";
import { may } from "./authority.ts";
import { confirm, type Order, refuse } from "./order.ts";

const TITLE = 120;
const MOST_NAMED = 20;

/** Takes effect at once. The first line is its title. */
export const decide = async (order: Order, text: string): Promise<void> => {
  const { plane, project, source, by } = order;
  const [first = "", ...rest] = clean(text, { limit: 2000 }).text.trim().split("\n");
  const made = await plane.store.saveDecision(
    {
      project_id: project.id,
      type: "convention",
      title: first.length <= TITLE ? first : `${first.slice(0, TITLE - 1)}…`,
      description: (first.length <= TITLE ? rest : [first, ...rest]).join("\n").trim(),
      status: "active",
      source,
      decided_by: by.login,
    },
    plane.clock.now(),
  );
  // After a crash in between, this very comment made it.
  const known = made ?? (await plane.store.decisions(project.id, 200)).find(row => row.source === source);
  if (known === undefined) return refuse(order, { kind: "decision_exists" });
  return confirm(order, { kind: "decided", id: known.id, title: known.title });
};

export const judge = async (
  order: Order,
  { decision, status }: { readonly decision: number; readonly status: "active" | "rejected" },
): Promise<void> => {
  const { plane, by } = order;
  const { store } = plane;
  const project_id = order.project.id;
  const judged = await store.judgeDecision({ id: decision, project_id, status, by: by.login });
  if (judged === null) {
    const active = await store.decisions(project_id, MOST_NAMED);
    const proposed = await store.proposedDecisions(project_id);
    return refuse(order, {
      kind: "no_such_decision",
      asked: String(decision),
      known: latestOf(active, proposed).map(({ id, title }) => ({ id, title })),
    });
  }
  const kind = status === "active" ? "decided" : "dropped";
  return confirm(order, { kind, id: judged.id, title: judged.title });
};

/** So that many of one kind do not hide the other's latest. */
const latestOf = (
  active: readonly DecisionRow[],
  proposed: readonly DecisionRow[],
): readonly DecisionRow[] => {
  const half = MOST_NAMED / 2;
  const room = (other: readonly DecisionRow[]) => Math.max(half, MOST_NAMED - other.length);
  return [...active.slice(-room(proposed)), ...proposed.slice(-room(active))];
};

/** Boxes ticked, by somebody who may, in the comment in which Kin offers them. Clearing a box revokes nothing. */
export const onTicked = async ({ signal, plane, project, github }: Incoming): Promise<void> => {
  if (signal.comment === null || signal.sender === null) return;
  const comment = await github.issueComment(signal.comment);
  if (comment?.user.id !== plane.app.bot_id) return; // guard: ticks-in-kins-own-comment
  if (!(await may("tick", { by: signal.sender, github, plane })).allowed) return; // guard: ticks-are-asked
  const ticked = new Set(tickedDecisions(comment.body));
  const proposed = (await plane.store.proposedDecisions(project.id)).filter(({ id }) => ticked.has(id));
  for (const decision of proposed) {
    if ((await offerOf(decision, plane)) !== comment.id) continue; // guard: ticks-where-offered
    await plane.store.judgeDecision({
      id: decision.id,
      project_id: project.id,
      status: "active",
      by: signal.sender.login,
    });
  }
};

/** The comment that was posted to offer it. A similar box anywhere else is only somebody's text. */
const offerOf = async ({ source }: DecisionRow, plane: Plane): Promise<number | null> => {
  const posted = await plane.store.marked(marks.offer(source));
  return posted?.result?.id ?? null;
};
