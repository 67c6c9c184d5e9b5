// What must not be posted in any form, code or not: secrets, Kin's own hidden marker and commands, trailers of commits,
// and the words that make GitHub skip CI when a text becomes a commit message.

import { withoutSecrets } from "./secrets.ts";

export const scrub = (text: string): string =>
  withoutSecrets(text)
    .replace(/<(?=!--\s*kin)/gi, "< ")
    .replace(/^([ \t>]*)[/／](?=kin\b)/gim, "$1/ ")
    .replace(/\[(skip ci|ci skip|no ci|skip actions|actions skip)\]/gi, "($1)")
    .replace(/^([ \t]*)(kin-[a-z]+|co-authored-by|signed-off-by|skip-checks)(?=:)/gim, "$1$2 ");
