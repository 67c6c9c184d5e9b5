// The mutants of authority and of recognising what is Kin's own: each row of the authority table with one field
// inverted, and the marked guards of intake and publish.
import { AUTHORITY, type Deed, type Relation, type State } from "../../core/pipeline/authority.ts";
import { type Guard, g } from "./guard.ts";
import { by, inFile, type Mutant, toMutant } from "./mutant.ts";

const TABLE = "core/pipeline/authority.ts";
const RELATIONS: readonly Relation[] = ["none", "asker", "only_asker", "contributor", "unknown"];
const STATES: readonly State[] = ["as_said", "edited", "older", "dismissed", "unknown"];

const fact = inFile("task/after");
const racing = inFile("app/facts");
const cells = inFile("model-rules/authority");
const questions = inFile("app/authority");
const merges = inFile("app/merges");
const own = inFile("app/kins-own");
const published = inFile("app/publish");
const left = inFile("app/auto-merge");
const word = inFile("app/whose-word");
const freeze = inFile("app/freeze");
const missed = inFile("app/missed");
const unheard = word("has no next pipeline, and ends its task");
const over = inFile("stories/over");

const turned = <T>(all: readonly T[], some: readonly T[], one: T): readonly T[] =>
  some.includes(one)
    ? some.filter(other => other !== one)
    : all.filter(other => other === one || some.includes(other));

/** Every field of every row: the least permission, bots, and each allowed or refused relation and state. */
export const authorityMutants = (): readonly Mutant[] =>
  (Object.keys(AUTHORITY) as Deed[]).flatMap(deed => {
    const rule = AUTHORITY[deed];
    const variants = [
      { name: "least", rule: { ...rule, least: rule.least === "write" ? "trigger" : "write" } },
      { name: "bots", rule: { ...rule, bots: !rule.bots } },
      ...RELATIONS.map(one => ({
        name: `relation ${one}`,
        rule: { ...rule, relations: turned(RELATIONS, rule.relations, one) },
      })),
      ...STATES.map(one => ({
        name: `state ${one}`,
        rule: { ...rule, states: turned(STATES, rule.states, one) },
      })),
    ];
    return variants.map(variant =>
      toMutant(
        { name: `authority ${deed}: ${variant.name}`, file: TABLE, mutate: changeRow(deed, variant.rule) },
        by(cells(`to ${deed} is had in exactly the cells`)),
      ),
    );
  });

const changeRow =
  (deed: Deed, rule: object) =>
  (source: string): string => {
    const row = new RegExp(`^  ${deed}: \\{[^\\n]*\\},$`, "m");
    if (!row.test(source)) throw new Error(`there is no row ${deed}`);
    return source.replace(row, () => `  ${deed}: ${JSON.stringify(rule)} as never,`);
  };

const FORGED = by(own("with the trailer is not taken for it"));
const SILENT = "by anybody without write access, by a bot or by Kin itself is silence";

export const AUTHORITY_GUARDS: Readonly<Record<string, readonly Guard[]>> = {
  "app/tasks/authority.ts": [
    g(
      "edited-words",
      '"as_said" : "edited"',
      '"as_said" : "as_said"',
      by(questions("words that were edited later")),
    ),
    g("ghosts", 'if (by.id === 0) return "ghost";', "", by(questions("what GitHub says is what the table"))),
    g(
      "bots-by-number",
      "config.bots.includes(by.id)",
      "config.bots.length > 0",
      by(questions("a bot is known by its number")),
    ),
    g(
      "failures-are-unknown",
      'return "unknown" as const;',
      "throw error;",
      by(questions("a refused question of permission is a refusal")),
    ),
  ],
  "app/tasks/approve.ts": [
    g(
      "approval-is-asked",
      "if (!answer.allowed)",
      "if (false as boolean)",
      by(word("is not to be had of the author of a commit")),
    ),
    g(
      "unknown-contributors",
      'made === null) return "unknown";',
      'made === null) return "none";',
      by(word("record of who pushed lags behind")),
    ),
    g(
      "contributors",
      "made.ids.includes(by.id)",
      "made.ids.length < 0",
      by(word("is not to be had of the pusher")),
    ),
    g(
      "nameless-contributors",
      "if (made.nameless)",
      "if (made.nameless && (false as boolean))",
      by(word("an author without an account")),
    ),
    g(
      "machines",
      "made.machines.some(id => id !== plane.app.bot_id)",
      "made.machines.length < 0",
      by(word("is none where a machine pushed")),
    ),
    g(
      "commit-of-a-review",
      'sha === head ? "as_said" : "older"',
      '"as_said"',
      by(word("of an earlier commit than the head")),
    ),
    g(
      "head-of-a-comment",
      "head === task.head_sha && ",
      "",
      by(word("in a comment is none of what was pushed behind it")),
    ),
    g(
      "time-of-a-comment",
      " && Date.parse(made.moved_at) <= Date.parse(at)",
      "",
      by(word("in a comment is none of what was pushed behind it")),
    ),
  ],
  "app/tasks/order.ts": [
    g(
      "heard-when-obeyed",
      "if (waiting !== null) return waiting;",
      "",
      by(inFile("app/worker")("is due again soon, unheard and without a warning")),
    ),
  ],
  "app/tasks/askers.ts": [
    g(
      "asker",
      "by.id === task.asked_by_id || (await plane.store.marked(noted)) !== null",
      "by.id === task.asked_by_id",
      by(word("is not to be had of who")),
    ),
    g(
      "asker-of-the-parent",
      "parent !== null && isAsker(parent, asker)",
      "parent === undefined",
      by(word("is not to be had of who asked for its parent")),
    ),
  ],
  "app/tasks/cancel.ts": [
    g(
      "follow-ups-bear-no-label",
      ' || task.task_type === "escalation"',
      "",
      by(word("that is taken off a follow-up")),
    ),
    g(
      "acceptance-is-asked",
      "if (accepted.allowed)",
      "if (accepted !== null)",
      by(word("is given up, and not accepted, where its author closes it")),
    ),
    g(
      "closed-behind-the-result",
      " && ended.slice(0, 19) <= closed_at.slice(0, 19)",
      " && ended !== null",
      by(word("where it was closed before the result was there")),
    ),
  ],
  "app/intake/command.ts": [
    g("comment-is-asked", ".allowed) return null;", ".allowed) void 0;", by(word(SILENT))),
  ],
  "app/tasks/words.ts": [
    g(
      "words-to-whom-is-at-work",
      "rows.some(row => row.id === asked && isLiveRow(row))",
      "rows.some(isLiveRow)",
      by(inFile("app/words-to-workers")("hears nothing, and whoever said")),
    ),
    g(
      "asks-in-words",
      "await noteAsker(task, { by, plane });",
      "void noteAsker;",
      by(word("told it something")),
    ),
  ],
  "app/tasks/decide.ts": [
    g(
      "ticks-in-kins-own-comment",
      "comment?.user.id !== plane.app.bot_id",
      "comment === null",
      by(word("counts in Kin's own comment, by somebody with write access")),
    ),
    g(
      "ticks-are-asked",
      ".allowed) return;",
      ".allowed) void 0;",
      by(word("counts no more where that somebody")),
    ),
    g(
      "ticks-where-offered",
      "if ((await offerOf(decision, plane)) !== comment.id) continue;",
      "void offerOf;",
      by(word("counts only in the comment that offers that decision")),
    ),
  ],
  "app/tasks/escalate.ts": [
    g(
      "asks-by-handing-over",
      "await noteAsker(task, { by, plane });",
      "void noteAsker;",
      by(word("handed on with `/kin escalate`")),
    ),
  ],
  "app/tasks/followed-up.ts": [
    g(
      "closing-is-asked",
      "if (answers.includes(false)) return;",
      "void answers;",
      by(word("and that its author closes as")),
    ),
    g(
      "done-is-closed",
      'carried?.status === "done"',
      "carried === undefined",
      by(word("and whose own task is done lets it go on")),
    ),
  ],
  "app/tasks/over.ts": [
    g(
      "words-about-what-is-open",
      "over === null",
      "over !== undefined",
      by(over("is worked on by nobody's word until it is reopened")),
    ),
  ],
  "app/jobs/perform.ts": [
    g("next-of-what-is-open", "await requireOpen(view.task, at);", "null;", by(unheard)),
  ],
  "app/intake/pull-closed.ts": [
    g(
      "merged-is-followed",
      "if (pull.merged)",
      "if (pull.merged && (false as boolean))",
      by(word("and that Kin's merge closes")),
    ),
  ],
  "app/tasks/freeze.ts": [
    g(
      "context-is-asked",
      ".filter((_, index) => answers[index]?.allowed)",
      "",
      by(freeze("left out: by an outsider")),
    ),
  ],
  "app/intake/handle.ts": [
    g(
      "gate-asked-for-again",
      '"check_run.rerequested": lookAtHead,',
      "",
      by(word("is posted anew when somebody asks")),
    ),
    g(
      "gate-of-a-merge-group",
      '"merge_group.checks_requested": lookAtHead,',
      "",
      by(word("is posted on a merge group")),
    ),
  ],
  "app/intake/installation.ts": [
    g(
      "uninstalled",
      'signal.action === "deleted"',
      'signal.action === "never"',
      by(word("whose installation is deleted")),
    ),
  ],
  "app/tasks/project.ts": [
    g("another-of-the-name", "found.id === id", "true", by(missed("when another one has its name"))),
    g(
      "gone-is-let-go",
      "await plane.store.saveProject({ ...known, installation_id: null }, plane.clock.now());",
      "void 0;",
      by(missed("is let go by a look")),
    ),
  ],
  "app/github/octokits.ts": [
    g(
      "tokens-of-one-repository",
      "repositoryIds: [id],",
      "",
      by(missed("is not mistaken for another one of its name")),
    ),
  ],
  "app/tasks/mode.ts": [
    g(
      "mode-label-is-asked",
      ".then(({ allowed }) => allowed)",
      ".then(() => true)",
      by(
        word(
          "that stand there at the start",
          "that come later do, too",
          "that somebody without write access takes off",
        ),
      ),
    ),
    g("auto-that-stands", "isOff || ", "", by(word("by the hand that put on the one that stands there"))),
    g(
      "hold-that-stands",
      "else hands.delete(actor.id);",
      "else hands.clear();",
      by(word("and taken off by who may not", "that somebody without write access takes off")),
    ),
  ],
  "core/task/after.ts": [
    g(
      "limit-of-returns",
      "fact.return_number < fact.limit",
      "fact.return_number <= fact.limit",
      by(fact("of a person is followed by another pipeline")),
    ),
    g(
      "orders-of-the-past",
      "task.last_pipeline > of",
      "task.last_pipeline < of",
      by(fact("is of the pipeline that was meant")),
    ),
    g(
      "over-stays-over",
      "isOver(task) && OF_ITS_WORK.has(cause)",
      "OF_ITS_WORK.has(cause) && task.issue < 0",
      by(fact("are not overruled by")),
    ),
  ],
  "app/runs/journal.ts": [
    g(
      "append-behind-facts",
      "now.seq !== task.seq",
      "now.seq < task.seq",
      by(racing("does not overrule people who took the task back")),
    ),
  ],
  "app/tasks/start.ts": [
    g(
      "one-start-for-a-label",
      "trigger_before !== undefined && task.trigger_id !== trigger_before",
      "trigger_before !== undefined && task.trigger_id === null",
      by(racing("a label starts one pipeline")),
    ),
  ],
  "app/intake/review.ts": [
    g(
      "review-is-asked",
      ".allowed) return null;",
      ".allowed) void 0;",
      by(word("by somebody without write access, a bot or a workflow is no return")),
    ),
    g(
      "inline-comment-is-asked",
      ".allowed) return null;",
      ".allowed) void 0;",
      by(word("that was edited into a review, or into its inline comment")),
    ),
  ],
  "app/intake/run-ended.ts": [
    g(
      "stopped-behind-the-claim",
      'claimed && run.conclusion === "cancelled"',
      'run.conclusion === "cancelled"',
      by(word("before it claimed its pipeline was nobody's stop")),
    ),
  ],
  "app/intake/trigger.ts": [
    g(
      "asks-by-the-label",
      "await noteAsker(task, { by: labeled.actor, plane });",
      "void noteAsker;",
      by(word("put the label on again")),
    ),
    g(
      "own-start-is-not-ended",
      " || task.trigger_id === trigger",
      "",
      by(word("begins one pipeline, and neither ends what the other began")),
    ),
    g(
      "start-is-asked",
      "!answer.allowed",
      "false as boolean",
      by(word("by somebody with triage access starts nothing")),
    ),
    g(
      "start-is-of-what-stood-there",
      ".allowed)",
      ".allowed && false)",
      by(word("does not start an issue that was edited to something else")),
    ),
  ],
  "app/publish/check.ts": [g("green-is-judged", "view.beside", "view.beside && last === undefined", FORGED)],
  "app/publish/comment.ts": [
    g(
      "status-is-looked-for",
      " ?? (await find())",
      "",
      by(own("as the status is found by Kin after a crash")),
    ),
  ],
  "app/publish/commits.ts": [
    g(
      "commits-are-recorded-first",
      "await noteMaking(publishing, { point, made });",
      "void noteMaking;",
      by(own("is made once, though Kin was killed")),
    ),
    g(
      "own-commits-by-their-name",
      "for (const made of await makings(point, plane)) if (await github.contains(head, made.sha)) return made;",
      "for (const made of await makings(point, plane)) if (made.sha === '') return made;",
      by(own("is made once, though Kin was killed")),
    ),
    g("beside-what-was-judged", "worked.beside || parent !== worked.sha", "false", FORGED),
    g(
      "nothing-was-dropped",
      "worked !== null && !(await github.contains(head, worked))",
      "false as boolean",
      by(published("a branch that somebody forced back between two commits")),
    ),
    g(
      "looks-again-where-somebody-was-faster",
      "if (isStatus(error, 422) && !isForbidden(error)) throw Object.assign(error as Error, { retryable: true });",
      "",
      by(own("goes on top of what somebody pushed in the very moment")),
    ),
  ],
  "app/publish/dispatch.ts": [
    g(
      "limit-of-runs",
      "if (await isFull(publishing))",
      "if (false as boolean)",
      by(own("waits where `limits.runs` are under way")),
    ),
    g(
      "runs-of-its-own",
      "isOwn(run, { plane, view }) &&",
      "",
      by(own("of that name that a person started on main")),
    ),
    g(
      "not-the-run-before",
      "String(run.id) !== before &&",
      "",
      by(own("that is the one before is not found again")),
    ),
    g(
      "runs-are-looked-for",
      "found?.id ??",
      "(found, undefined as number | undefined) ??",
      by(own("that Kin started and whose answer was lost")),
    ),
  ],
  "core/model/new-job.ts": [
    g(
      "outsiders-come-last",
      '"pull" in data ? { rank: "last" } : {}',
      "{}",
      by(inFile("app/worker")("people's words are worked on first")),
    ),
  ],
  "app/publish/foreign-check.ts": [
    g(
      "pushes-are-looked-at",
      "if (task !== null) await",
      "if (task !== null && sha === task.head_sha) await",
      by(left("is taken back when somebody pushes")),
    ),
    g(
      "one-slot-a-pull-request",
      "job.left !== null",
      "job.left === undefined",
      by(inFile("app/worker")("only so many checks are written at once")),
    ),
    g(
      "outsiders-have-a-pace",
      "slot.at > plane.clock.now()",
      "slot.at < 0",
      by(inFile("app/worker")("only so many checks are written at once")),
    ),
  ],
  "app/publish/hand-over.ts": [
    g(
      "handed-over-once",
      ".length > 0) return [number];",
      ".length < 0) return [number];",
      by(own("a task that is handed over twice")),
    ),
    g(
      "handed-over-while-open",
      "await requireOpen(view.task, { plane, github, project: view.project });",
      "null;",
      by(word("is handed over to nobody")),
    ),
  ],
  "app/publish/merge.ts": [
    g(
      "merges-for-an-open-issue",
      "if (await foundOver(view.task, { plane, github, project: view.project })) return false;",
      "void [foundOver, github];",
      by(inFile("app/merges")("an issue that was closed unheard merges nothing")),
    ),
    g(
      "merges-into-the-default-branch",
      "base.ref === project.default_branch",
      "base.ref !== ''",
      by(own("that somebody made a proposal to another branch")),
    ),
    g(
      "auto-merge-is-watched",
      "+ WATCH_MS",
      "+ 60 * WATCH_MS",
      by(left("whose approver lost write access is taken back within a minute")),
    ),
    g(
      "auto-merge-of-its-own",
      "auto_merge_by?.id === plane.app.bot_id",
      "auto_merge_by !== null && plane !== null",
      by(left("that a person switched on stays")),
    ),
    g(
      "auto-merge-of-this-head",
      "(pull.head.sha === publishing.view.task.head_sha || (await isOwnUpdate(publishing, pull)))",
      "isOwnUpdate !== null",
      by(left("is taken back when somebody pushes")),
    ),
    g("completes-what-was-judged", " && !view.beside", "", FORGED),
    g(
      "approval-of-this-head",
      " || approval.sha !== task.head_sha",
      "",
      by(merges("an approval of another commit merges nothing")),
    ),
    g(
      "approval-is-asked-again",
      '(await may("approve", { by, github, plane, state })).allowed',
      "by !== null && state !== null",
      by(merges("an approval by somebody who has lost write access since")),
    ),
    g(
      "rejection-holds",
      ' || answer.reason === "unknown"',
      "",
      by(merges("holds a merge also where GitHub does not tell")),
    ),
    g(
      "adopts-what-github-signed",
      "!by_github || author_id !== plane.app.bot_id",
      "by_github === null || author_id === 0",
      by(merges("a merge of the base that somebody else brought into the branch")),
    ),
    g(
      "adopts-a-merge-of-the-head",
      "own !== task.head_sha || ",
      "own === '' || ",
      by(merges("is not adopted where it stands on what somebody pushed")),
    ),
    g(
      "adopts-what-the-base-has",
      "(await github.contains(base.sha, merged))",
      "merged !== ''",
      by(merges("of what does not stand on the base")),
    ),
    g(
      "merge-queues",
      "if (!isStatus(error, 405)) throw error;",
      "throw error;",
      by(merges("is left to its auto-merge")),
    ),
  ],
  "app/publish/open-issue.ts": [
    g(
      "issues-are-looked-for",
      "await find(issue)",
      "null as Awaited<ReturnType<typeof find>>",
      by(own("as an issue is found by Kin after a crash")),
    ),
  ],
  "app/publish/marker.ts": [
    g("posts-of-its-own", "user.id === author && ", "", by(own("is found by Kin after a crash, and a copy"))),
  ],
  "app/publish/pull.ts": [
    g(
      "titles-of-people",
      "last?.own?.some(one => one.title === pull.title) === false",
      "(false as boolean)",
      by(published("a title stays, and so does a text in the place of Kin's")),
    ),
    g(
      "own-before-it-is-written",
      "await keep({ ...last, own });",
      "",
      by(published("what Kin wrote, and did not live to record, is no person's")),
    ),
    g(
      "drafts-of-people",
      "pull.draft && (last?.held === true || (last?.draft === false && !draft));",
      "false as boolean;",
      by(published("a draft stays one, however often Kin looks, until somebody shows it as ready")),
    ),
  ],
  "app/publish/reviews.ts": [
    g(
      "lifts-when-passed",
      'view.task.status !== "review"',
      "false as boolean",
      by(own("Kin lifts its own requested changes")),
    ),
  ],
};
