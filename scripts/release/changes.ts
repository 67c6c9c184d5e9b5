// Turns the files in .changeset into a version and its part of the changelog.
import { KinError } from "../../core/model/error.ts";

const BUMPS = ["major", "minor", "patch"] as const;
type Bump = (typeof BUMPS)[number];

export interface Change {
  readonly bump: Bump;
  readonly text: string;
}

const HEADINGS: Readonly<Record<Bump, string>> = {
  major: "Asks something of you",
  minor: "New",
  patch: "Mended",
};

export const readChange = (text: string, file: string): Change => {
  const [, bump, words] = /^---\n"kin": (major|minor|patch)\n---\n\n(\S[\s\S]*)$/.exec(text) ?? [];
  if (bump === undefined || words === undefined)
    throw new KinError(`${file} is no change.`, {
      code: "changeset_invalid",
      hint: ".changeset/README.md has the form.",
    });
  return { bump: bump as Bump, text: words.trim() };
};

/** Below 1.0.0 the second number says that people have to do something. */
export const nextVersion = (version: string, changes: readonly Change[]): string => {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const largest = BUMPS.find(bump => changes.some(change => change.bump === bump)) ?? "patch";
  if (largest === "major" && major > 0) return `${major + 1}.0.0`;
  return largest === "patch" ? `${major}.${minor}.${patch + 1}` : `${major}.${minor + 1}.0`;
};

export const sectionOf = (version: string, changes: readonly Change[]): string =>
  [
    `## ${version}`,
    ...BUMPS.flatMap(bump => {
      const items = changes.filter(change => change.bump === bump).map(({ text }) => `- ${indented(text)}`);
      return items.length === 0 ? [] : [`### ${HEADINGS[bump]}`, items.join("\n")];
    }),
  ].join("\n\n");

const indented = (text: string): string => text.replace(/\n(?=.)/g, "\n  ");

/** The notes of one version, without the heading; null if there are none. */
export const notesOf = (changelog: string, version: string): string | null => {
  const parts = changelog.split(/^(?=## )/m);
  const part = parts.find(one => one.startsWith(`## ${version}\n`));
  return part === undefined ? null : part.slice(part.indexOf("\n")).trim();
};
