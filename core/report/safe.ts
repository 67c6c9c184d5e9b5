// TEMPORARY stand-in so that others can build: overwrite this file with the real one.
export const COMMENT_LIMIT = 65_536;
export const CHECK_SUMMARY_LIMIT = 65_535;
export const JOB_SUMMARY_LIMIT = 1_048_576;
export const TITLE_LIMIT = 256;
export const safe = (value: string, options: { limit?: number; block?: boolean; hosts?: readonly string[] } = {}): string => value.slice(0, options.limit ?? 65_536);
export const safeInline = (value: string, options: { limit?: number; hosts?: readonly string[] } = {}): string => value.replace(/\s+/g, " ").replaceAll("|", "\\|").slice(0, options.limit ?? 65_536);
export const code = (value: string): string => `\`${value.replaceAll("`", "'")}\``;
export const codeBlock = (value: string, lang = ""): string => `~~~${lang}\n${value}\n~~~`;
export const cap = (text: string, limit: number): string => text.slice(0, limit);
export { COMMENT_LIMIT as PULL_BODY_LIMIT, COMMENT_LIMIT as REVIEW_LIMIT, COMMENT_LIMIT as INLINE_COMMENT_LIMIT };
