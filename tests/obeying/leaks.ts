// What the search finds in the output, and whether it would find it: each canary put into each place, in each form; and
// what a model could read, which must show up wherever its words do.
import { FORMS, type Secret, searchFor } from "./secrets.ts";
import { OTHERS, type Sinks } from "./sinks.ts";
import { DECOY, READABLE } from "./stage.ts";

/** All repositories share one store, so its rows are examined one by one. */
const isAllowed = (
  secret: string,
  { sink, text }: { readonly sink: string; readonly text: string },
): boolean =>
  secret.startsWith("another repository's") && (text.startsWith(OTHERS) || sink === "the store's files");

export const leaksOf = (sinks: Sinks, secrets: readonly Secret[]): readonly string[] => {
  const search = searchFor(secrets);
  return [...sinks].flatMap(([sink, texts]) =>
    texts.flatMap(text =>
      search(text)
        .filter(({ secret }) => !isAllowed(secret, { sink, text }))
        .map(({ secret, around }) => `${secret} is in ${sink}: …${around}…`),
    ),
  );
};

/** A control: all secrets in each form, within what a place really holds. Returns one line for each that is not found. */
export const missedBy = (sinks: Sinks, secrets: readonly Secret[]): readonly string[] => {
  const search = searchFor(secrets);
  return [...sinks].flatMap(([sink, texts]) => {
    const [text = ""] = texts;
    return Object.entries(FORMS).flatMap(([form, write]) => {
      const all = secrets.map(({ value }) => write(value)).join(" | ");
      const holding = `${text.slice(0, 200)} ${all} ${text.slice(-200)}`;
      const seen = [holding, JSON.stringify(holding)].map(
        one => new Set(search(one).map(({ secret }) => secret)),
      );
      return secrets
        .filter(({ name }) => !seen.every(names => names.has(name)))
        .map(({ name }) => `the search does not see ${name}, ${form}, in ${sink}`);
    });
  });
};

/** Where a model's words go. The canary that it could read, and told, must show up in each. */
const TOLD_IN = [
  ...[
    "requests to the model",
    "requests to the App",
    "requests to GitHub",
    "rows of events",
    "the store's files",
  ],
  ...["issues", "comments", "reviews", "checkRuns", "git: commit", "git: blob"],
];

export const untoldIn = (sinks: Sinks): readonly string[] => {
  const search = searchFor([READABLE]);
  return TOLD_IN.filter(sink => !(sinks.get(sink) ?? []).some(text => search(text).length > 0)).map(
    sink => `what the model could read and told does not stand in ${sink}: nothing was looked at there`,
  );
};

/** As Kin itself searches: secrets cut into pieces are a known gap (docs/security.md). */
const SEEN_BY_KIN = ["plain", "base64", "base64, one further", "base64, two further", "hex", "reversed"];
const POSTED = [
  ...[
    "requests to GitHub",
    "issues",
    "comments",
    "reviews",
    "reviewComments",
    "checkRuns",
    "timeline",
    "git: commit",
  ],
  ...["git: tree", "git: blob", "git: refs", "outputs and summaries of runs", "the runs' output", "runs"],
];

export const decoysIn = (sinks: Sinks): readonly string[] =>
  POSTED.flatMap(sink =>
    (sinks.get(sink) ?? []).flatMap(text =>
      SEEN_BY_KIN.filter(form =>
        text.includes((FORMS[form]?.(DECOY.value) ?? "").replace(/.{2}={0,2}$/, "")),
      ).map(form => `the decoy stands in ${sink}, ${form}`),
    ),
  );
