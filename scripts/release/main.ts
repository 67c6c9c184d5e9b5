// `npm run release`: turns the changes into a version. `-- tag <owner/name>` tags what is committed; `-- notes <tag>`
// prints the tag's part of the changelog, and fails if the tag must not be published.
import { join } from "node:path";
import { explain } from "../../core/model/error.ts";
import { notesFor, tagVersion, withPlaceholder, writeVersion } from "./release.ts";

const ROOT = join(import.meta.dirname, "..", "..");

const said = ([what, name = ""]: readonly string[]): string => {
  switch (what) {
    case undefined:
      return `This is ${writeVersion(ROOT)}. Look at CHANGELOG.md, and bring it to main.`;
    case "tag":
      return `git push origin ${tagVersion(ROOT, name)}`;
    case "notes":
      return published(name);
    default:
      throw new Error(`There is no "${what}".`);
  }
};

const published = (tag: string): string => {
  const notes = notesFor(ROOT, tag);
  const open = withPlaceholder(ROOT);
  if (open.length > 0)
    throw new Error(`${open.join(", ")} would run kin/kin@v0: \`npm run release -- tag\` makes tags.`);
  return notes;
};

try {
  console.log(said(process.argv.slice(2)));
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
