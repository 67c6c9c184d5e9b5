// What must not be posted in any form, code or not: secrets, Kin's own hidden marker and commands, trailers of commits,
// and the words that make a service skip its checks when a text becomes a commit message.

import { withoutSecrets } from "./secrets.ts";

export const scrub = (text: string): string =>
  withoutSkips(withoutSecrets(text))
    .replace(/<(?=!--\s*kin)/gi, "< ")
    .replace(/^([ \t>]*)[/／](?=kin\b)/gim, "$1/ ")
    .replace(/^([ \t]*)(kin-[a-z]+|co-authored-by|signed-off-by)(?=:)/gim, "$1$2 ");

/** GitHub's, and those of services that look for them in every commit. */
export const withoutSkips = (text: string): string =>
  text
    .replace(SKIP, "($1)")
    .replace(/\*{3}(NO_CI)\*{3}/gi, "($1)")
    .replace(/\b(skip-checks)(?=:)/gi, "$1 ");

const WHO =
  "(?:ci|actions|azurepipelines|azpipelines|azp|travis|travis ci|appveyor|netlify|render|cf-pages|release)";
const SKIP = new RegExp(`\\[((?:skip|no)[ -]${WHO}|${WHO}[ -]skip)\\]`, "gi");
