// The mutants of the App's front door: what it checks before it knows who asks, and what it sends with every response.
// Those for tables are generated from the tables.
import { HEADERS } from "../../app/headers.ts";
import { PROXIED } from "../../app/page/page.ts";
import { RunnerClaims } from "../../app/runs/oidc.ts";
import { type Guard, g } from "./guard.ts";
import { by, changeTable, inFile, type Mutant, type Noticed, never, toMutant } from "./mutant.ts";

const claims = inFile("app/claims");
const claimsByHand = inFile("app/claims-by-hand");
const door = inFile("app/door");
const page = inFile("app/page");
const room = inFile("app/room");
const verdict = inFile("app/verdict");
const webhooks = inFile("app/webhooks");

const UNREAD = by(door("is refused before anything of its body was sent"));

export const DOOR_GUARDS: Readonly<Record<string, readonly Guard[]>> = {
  "app/main.ts": [
    g("page-on-loopback", "host: LOOPBACK", "host: HOST", by(webhooks("the page is on loopback, wherever"))),
  ],
  "app/page/page.ts": [
    g(
      "page-from-here",
      "isFromHere(c) ?",
      "isFromHere(c) || true ?",
      by(page("answers only to its own machine")),
    ),
    g("page-own-name", "^(localhost", "(localhost", by(page("it answers to names of this machine"))),
  ],
  "app/server.ts": [
    g(
      "refused-wake-nobody",
      "if (c.res.ok) wake()",
      "wake()",
      by(door("a sender that is refused wakes nobody")),
    ),
    g(
      "address-form",
      "!ADDRESS.test(path)",
      "false",
      by(page("the port that the internet reaches has no page")),
    ),
    g(
      "headers-everywhere",
      "for (const [name, value] of HEADERS) response.setHeader(name, value);",
      "",
      by(page("every answer on both ports has")),
    ),
  ],
  "app/room.ts": [
    g(
      "parties-have-rooms",
      "room.hear(known(guest), bytes);",
      "",
      by(room("a party that sends much pushes out its own")),
    ),
    g(
      "what-is-whole-stays",
      "until: Number.POSITIVE_INFINITY",
      "until: place.until",
      by(room("what came whole counts until it leaves")),
    ),
    g(
      "room-is-bounded",
      "held > bytes",
      "false",
      by(room("there is never more inside than there is room for")),
    ),
    g(
      "who-is-behind-goes",
      "at - place.until",
      "0 * at",
      by(room("who sent nothing for the longest time goes first")),
    ),
  ],
  "app/intake/webhooks.ts": [
    g(
      "bodies-have-a-room",
      "room.hear(guest, part.length);",
      "",
      by(webhooks("of 40 bodies of 24 MiB at once takes little memory")),
    ),
    g(
      "signature-form",
      "!/^sha256=[0-9a-f]{64}$/.test(signature)",
      "false",
      by(webhooks("with half a signature")),
    ),
    g(
      "webhook-declared-size",
      "isTooLarge(request, LARGEST)",
      "false",
      never("`read` looks at what is declared, too; this is before anything is prepared for it"),
    ),
    g(
      "nothing-kept-for-nobody",
      "isHandledName(name)",
      "true",
      by(webhooks("of an event that no handler takes is acknowledged, and nobody looks into it")),
    ),
    g(
      "signature",
      '!timingSafeEqual(Buffer.from(signature.slice(7), "hex"), hmac.digest())',
      "false",
      by(webhooks("with the signature of another secret")),
    ),
  ],
  "app/runs/api.ts": [
    g("lease-before-body", "if (lease === null) throw lost(); // guard: lease-before-body", "", UNREAD),
    g(
      "only-a-holder-releases",
      "if (lease === null) throw lost();",
      "",
      by(door("whoever does not hold the lease cannot give it back")),
    ),
  ],
  "app/runs/body.ts": [
    g(
      "appends-have-a-room",
      "place?.hear(part.length);",
      "",
      by(webhooks("appends of many runs at once take little memory")),
    ),
    g("run-body-size", "{ most,", "{ most: 1e9,", by(door("is refused for its size"))),
    g("run-body-values", "hasTooMuch(bytes)", "false", by(door("is not parsed where it has"))),
  ],
  "app/runs/claim.ts": [
    g(
      "claimed-while-open",
      "await requireOpen(task, taking);",
      "null;",
      by(claims("of a task whose issue was closed unheard waits")),
    ),
    g(
      "called-workflow-is-named",
      "trusted.length > 0",
      "false",
      by(door("a token that does not name the workflow its job runs")),
    ),
    g(
      "claimed-after-dispatch",
      "record.dispatches === 0",
      "false",
      by(claims("a pipeline for which no run was started yet")),
    ),
    g(
      "run-of-one-pipeline",
      "run_id === claims.run_id && id !== record.id",
      "false",
      by(claims("by a run that another pipeline has")),
    ),
    g(
      "claimed-by-a-run-of-its-own",
      "isOwn(run, { plane, view: { project } }) && ",
      "",
      by(claims("a person's run that names a pipeline whose run GitHub did not tell")),
    ),
    g(
      "claimed-by-the-run-of-that-name",
      " && bears(run, record.id)",
      "",
      by(claims("by the run that Kin started for another one")),
    ),
  ],
  "app/tasks/rerun.ts": [
    g(
      "asks-for-another-pipeline",
      "await noteAsker(task, { by, plane });",
      "void noteAsker;",
      by(inFile("app/whose-word")("who asked for another pipeline")),
    ),
    g(
      "rerun-is-of-what-stood-there",
      "await wasEdited(task.issue, { since: at, github })",
      "false as boolean",
      by(claimsByHand("for a known issue that somebody edited since the run was dispatched")),
    ),
  ],
  "app/runs/request.ts": [
    g(
      "issue-of-the-run",
      "!run?.title.endsWith(",
      "run === null || ''.includes(",
      by(
        claimsByHand(
          "is for the issue that the run was dispatched for",
          "where the run was dispatched with a pipeline",
        ),
      ),
    ),
    g(
      "one-request-a-run",
      'data.kind === "claimed" && data.run_id === run_id',
      "false",
      by(claimsByHand("whose pipeline went on in another run")),
    ),
  ],
  "app/runs/oidc.ts": [
    g(
      "id-token-size",
      "token.length > LONGEST",
      "false",
      by(door("that is longer than any of GitHub's is refused unread")),
    ),
    g("issuer-is-checked", "issuer,", "", by(door("whose issuer is a list is refused for its issuer"))),
  ],
  "app/runs/verdict.ts": [
    g(
      "report-token",
      "plane.sha256(token) === plane.sha256(reportToken(source, plane))",
      "true",
      by(verdict("that reports without the token of its review is refused")),
    ),
  ],
};

const COMPARED = never(
  "it is compared with the one text that is right, which nothing of another form equals",
);

const noticedOf = (name: string): Noticed =>
  ["event_name", "ref"].includes(name)
    ? COMPARED
    : by(
        door(
          `with another form of \`${name}\` is refused`,
          ...(IDS.has(name) ? [`a \`${name}\` that only looks`] : []),
        ),
      );

const IDS: ReadonlySet<string> = new Set(["repository_id", "run_id", "run_attempt", "actor_id"]);

/** Each header omitted, each proxy header ignored, each claim accepted in any form. */
export const doorMutants = (): readonly Mutant[] => [
  ...HEADERS.map(([name]) =>
    toMutant(
      {
        name: `header ${name}`,
        file: "app/headers.ts",
        mutate: changeTable(
          "export const HEADERS",
          `.filter(([name]) => name !== ${JSON.stringify(name)}) as [string, string][]`,
        ),
      },
      by(page("every answer on both ports has")),
    ),
  ),
  ...PROXIED.map(name =>
    toMutant(
      {
        name: `proxy ${name}`,
        file: "app/page/page.ts",
        mutate: changeTable("export const PROXIED", `.filter(name => name !== ${JSON.stringify(name)})`),
      },
      by(page("the page answers only to its own machine")),
    ),
  ),
  ...Object.keys(RunnerClaims.shape).map(name =>
    toMutant({ name: `claim ${name}`, file: "app/runs/oidc.ts", mutate: anyForm(name) }, noticedOf(name)),
  ),
];

const anyForm =
  (name: string): Mutant["mutate"] =>
  source => {
    const line = new RegExp(`^ {2}${name}: .*,$`, "m");
    if (!line.test(source)) throw new Error(`there is no claim ${name}`);
    return source.replace(line, `  ${name}: z.any().optional(),`);
  };
