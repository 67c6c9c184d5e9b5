// What must not be posted in any form, code or not: secrets, Kin's own hidden marker and commands, commit trailers, and the
// words that make a service skip its checks when a text becomes a commit message.

import { withoutSecrets } from "./secrets.ts";

/** To git a trailer may also have a blank before its colon. */
export const scrub = (text: string): string =>
  withoutSkips(withoutSecrets(text))
    .replace(/<(?=!--\s*kin)/gi, "< ")
    .replace(/^([ \t>]*)[/／](?=kin\b)/gim, "$1/ ")
    .replace(/^([ \t]*)(kin-[a-z]+|co-authored-by|signed-off-by)[ \t]*:[ \t]*/gim, "$1$2 ");

/** GitHub's, and those of services that look for them in every commit. */
export const withoutSkips = (text: string): string =>
  text
    .replace(SKIP, "($1)")
    .replace(/\*{3}(NO_CI)\*{3}/gi, "($1)")
    .replace(/\b(skip-checks)[ \t]*:[ \t]*/gi, "$1 ");

const WHO =
  "(?:ci|cd|actions|azurepipelines|azpipelines|azp|travis(?:[ -]?ci)?|appveyor|netlify|render|cf-pages|vela|release|deploy|build)";
/** With a blank between, whatever a service calls itself; with a dash only known names, because code has such, too. */
const SKIP = new RegExp(
  `\\[[ \\t]{0,9}((?:skip|no)[ _-]?${WHO}|${WHO}[ _-]?skip|skip[ \\t]{1,9}[\\w.-]{1,40}|[\\w.-]{1,40}[ \\t]{1,9}skip)[ \\t]{0,9}\\]`,
  "gi",
);
