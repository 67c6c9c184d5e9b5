// The App's environment, read once by main.ts: everything missing is listed at once, with how to get it.
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import * as z from "zod";
import { KinError } from "../core/model/error.ts";

/** Finds a truncated key, or one without its line ends, at the start instead of at the first request. */
function isPrivateKey(text: string): boolean {
  try {
    return createPrivateKey(text).type === "private";
  } catch {
    return false;
  }
}

const url = z.url({ protocol: /^https?$/ }).transform(text => text.replace(/(?<!\/)\/+$/, ""));
const pem = z.string().refine(isPrivateKey, "it is no private key in PEM form that can be read");
const list = z.string().transform(text =>
  text
    .split(",")
    .map(part => part.trim())
    .filter(part => part !== ""),
);

export const Settings = z.object({
  APP_ID: z.coerce.number().int().positive().describe("The App's numeric id, from its settings page."),
  PRIVATE_KEY: pem.describe("The App's private key (PEM), or PRIVATE_KEY_PATH with a file that holds it."),
  WEBHOOK_SECRET: z
    .string()
    .min(32)
    .describe("The webhook's secret: at least 32 random characters (`openssl rand -hex 32`)."),
  KIN_SECRET: z
    .string()
    .min(32)
    .describe("Signs Kin's markers: at least 32 random characters, equal on all instances."),
  KIN_URL: url
    .refine(address => address.startsWith("https:") || isLoopback(address), "it has to be https")
    .describe("The App's public https URL; runners reach it there, and it is the audience of their tokens."),
  HOST: z.string().default("127.0.0.1").describe("Address to listen on."),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000).describe("Port to listen on."),
  PAGE_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .optional()
    .describe("Port of the page, on 127.0.0.1 alone; the one after PORT where it is not set."),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal"])
    .default("info")
    .describe("How much is logged."),
  GITHUB_SERVER_URL: url.default("https://github.com").describe("GitHub's web address."),
  GITHUB_API_URL: url.default("https://api.github.com").describe("GitHub's REST address."),
  KIN_DATABASE_URL: z
    .string()
    .default("file:.kin/kin.db")
    .describe("The store: file:<path>, or a libSQL server's URL."),
  KIN_DATABASE_TOKEN: z.string().optional().describe("The libSQL server's token."),
  KIN_SYNCHRONOUS: z
    .enum(["NORMAL", "FULL"])
    .default("NORMAL")
    .describe("FULL also survives a power cut, and costs about 0.4 ms a write."),
  KIN_OIDC_ISSUERS: list
    .default(["https://token.actions.githubusercontent.com"])
    .describe("Issuers of runners' tokens, comma-separated."),
  KIN_TRUSTED_WORKFLOWS: list
    .default([])
    .describe("Reusable workflows that may run pipelines, as `owner/repo/path@ref`, comma-separated."),
  KIN_REVIEWER_APP_ID: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe("A second App whose reviews ask for changes; without it the workflow's `verdict` job does."),
  KIN_REVIEWER_PRIVATE_KEY: pem.optional().describe("The reviewer App's private key (PEM)."),
});
export type Settings = z.infer<typeof Settings>;

/** Throws `settings_invalid` with everything that is missing or wrong. */
export const readSettings = (env: Readonly<Record<string, string | undefined>>): Settings => {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const key = privateKey(given);
  const parsed = Settings.safeParse({ ...given, ...key });
  if (parsed.success) return parsed.data;
  throw missing(parsed.error, { ...given, ...key });
};

export const isLoopback = (address: string): boolean =>
  /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(address).hostname);

interface GivenKey {
  readonly PRIVATE_KEY?: string;
  /** Why the file that was named could not be read. */
  readonly unreadable?: string;
}

const privateKey = (env: Readonly<Record<string, string | undefined>>): GivenKey => {
  const path = env.PRIVATE_KEY_PATH;
  if (env.PRIVATE_KEY !== undefined) return { PRIVATE_KEY: env.PRIVATE_KEY.replaceAll("\\n", "\n") };
  if (path === undefined) return {};
  try {
    return { PRIVATE_KEY: readFileSync(path, "utf8") };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { unreadable: `PRIVATE_KEY_PATH names ${path}, which cannot be read (${code})` };
  }
};

const missing = (
  error: z.ZodError,
  given: GivenKey & Readonly<Record<string, string | undefined>>,
): KinError => {
  const lines = error.issues.map(issue => {
    const name = String(issue.path[0]);
    const about = (Settings.shape as Readonly<Record<string, z.ZodType>>)[name]?.description ?? "";
    const absent = (name === "PRIVATE_KEY" ? given.unreadable : undefined) ?? "it is missing";
    return `- ${name}: ${given[name] === undefined ? absent : wrongWith(issue, given[name])}. ${about}`;
  });
  return new KinError(`The App cannot start:\n${lines.join("\n")}`, {
    code: "settings_invalid",
    hint: "docs/setup.md walks through it; `kin app create` registers an App and prints these variables.",
  });
};

/** In words, without the value if that may be a secret. */
const wrongWith = (issue: z.core.$ZodIssue, value: string): string => {
  switch (issue.code) {
    case "invalid_type":
      return `it is ${quoted(value)}, and has to be a whole number`;
    case "invalid_value":
      return `it is ${quoted(value)}, and has to be one of ${issue.values.join(", ")}`;
    case "too_small":
      return issue.origin === "string"
        ? `it has ${value.length} characters, and needs ${issue.minimum}`
        : `it is ${quoted(value)}, and has to be ${issue.inclusive === true ? "" : "more than "}${issue.minimum}${issue.inclusive === true ? " or more" : ""}`;
    case "too_big":
      return `it is ${quoted(value)}, and may be ${issue.maximum} at most`;
    case "invalid_format":
      return "it is no http or https address";
    default:
      return issue.message;
  }
};

const quoted = (value: string): string => `"${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`;
