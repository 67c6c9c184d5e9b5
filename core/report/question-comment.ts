// A new comment when a task needs information: asks those who can answer, and says how.

import { refusalOf } from "../pipeline/state.ts";
import { COMMENT_LIMIT, safe, safeInline } from "../text/safe.ts";
import { costAhead } from "./estimate-text.ts";
import { quote } from "./frame.ts";
import { currentOf, reasonOf } from "./headline.ts";
import { authorOf, mentions } from "./mention.ts";
import type { TaskView } from "./view.ts";
import { within } from "./within.ts";
import { questionsOf } from "./work.ts";

/** Mentions the author and whoever handed it over. */
export const questionComment = (view: TaskView): string => {
  const pipeline = currentOf(view)?.pipeline;
  if (pipeline?.held && pipeline.outcome === null && refusalOf(pipeline) !== null)
    return [
      `${asked(view)} ${safeInline(reasonOf(view), { limit: 1200 })}`,
      "Kin has not begun, and nothing was spent. Somebody with write access may comment `/kin approve` to go on all the same; take the label `kin` off to leave it.",
      costAhead(view),
    ].join("\n\n");
  if (pipeline?.held && pipeline.outcome === null)
    return `${asked(view)} the plan waits for approval. It stands in the status comment above; \`/kin approve\` starts the work.\n\n${costAhead(view)}`.trim();
  const questions = pipeline === undefined ? [] : questionsOf(pipeline).slice(0, MOST);
  const numbered = questions.map(
    (question, index) => `${index + 1}. ${safeInline(question, { limit: 2000 })}`,
  );
  const reason = safe(reasonOf(view), { limit: 8000, block: true });
  return within(
    [
      { rank: 0, text: `${asked(view)} this task needs information before it can go on.` },
      { rank: 1, text: quote(reason) },
      { rank: 1, text: numbered.join("\n") },
      {
        rank: 0,
        text: "Answer here or change the issue's text. Then somebody with write access comments `/kin rerun`: it reads the issue and its comments anew.",
      },
    ],
    COMMENT_LIMIT,
  );
};

const MOST = 30;

const asked = (view: TaskView): string => mentions([authorOf(view), view.task.asked_by]) ?? "To the author:";
