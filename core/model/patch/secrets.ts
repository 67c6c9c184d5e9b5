// Strings that look like keys: one list for what is committed and for what is posted, in plain text, reversed, and inside
// base64 and hex. Each pattern and each search takes linear time. Pure.

import { UNSEEN } from "../unseen.ts";

export interface Secret {
  readonly what: string;
  /** Global; removed from every text that Kin posts. */
  readonly pattern: RegExp;
  /** Which part of a match is refused in a file; absent: all of it. Documents and tests are full of almost-keys. */
  readonly real?: RegExp;
}

export const SECRETS: readonly Secret[] = [
  {
    what: "an AWS access key",
    pattern: /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}/g,
    real: /^(?!.*EXAMPLE)(?=[A-Z]*\d).*/,
  },
  {
    // It has no shape of its own, so its name must come before it.
    what: "an AWS secret key",
    pattern:
      /(?<=(?:[Ss]ecret_?(?:[Aa]ccess_?)?[Kk]ey|SECRET_?(?:ACCESS_?)?KEY)["']?\s{0,3}[=:]\s{0,3}["']?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/g,
    real: /^(?!.*EXAMPLE).*/,
  },
  {
    what: "a GitHub token",
    pattern: /gh[opsur]_[A-Za-z0-9][\w.-]{15,}/g,
    real: /^gh._(?:[A-Za-z0-9]{36,}|[\w.-]{60,})/,
  },
  { what: "a fine-grained GitHub token", pattern: /github_pat_[A-Za-z0-9_]{20,}/g },
  { what: "a GitLab token", pattern: /gl(?:pat|dt|rtr?|ptt|ft|cbt|oas|agent|soat|imt|ffct)-[\w.-]{16,}/g },
  { what: "an Anthropic API key", pattern: /sk-ant-[a-z]{2,10}\d\d-[\w-]{20,}/g },
  {
    what: "an API key",
    pattern: /(?<![A-Za-z0-9])sk-(?=[\w-]{0,60}\d)[A-Za-z0-9][\w-]{15,}/g,
    real: /^sk-(?:(?:ant|proj|svcacct|admin|or-v1)-[\w-]{20,}|[A-Za-z0-9]{32,})/,
  },
  { what: "a Groq key", pattern: /gsk_[A-Za-z0-9]{40,}/g },
  { what: "an xAI key", pattern: /xai-[A-Za-z0-9]{60,}/g },
  { what: "a Perplexity key", pattern: /pplx-[A-Za-z0-9]{40,}/g },
  { what: "a Hugging Face token", pattern: /hf_[A-Za-z]{30,40}/g },
  { what: "a Replicate token", pattern: /r8_[A-Za-z0-9]{37,40}/g },
  { what: "an npm token", pattern: /npm_[A-Za-z0-9]{30,}/g },
  { what: "a PyPI token", pattern: /pypi-AgE[\w-]{30,}/g },
  { what: "a RubyGems key", pattern: /rubygems_[0-9a-f]{48}/g },
  { what: "a Docker token", pattern: /dckr_[op]at_[\w-]{20,}/g },
  {
    what: "a Slack token",
    pattern: /xox[abeoprs]-[\w-]{10,}/g,
    real: /^xox.-(?=[\w-]*\d)[\w-]{16,}/,
  },
  { what: "a Slack app token", pattern: /xapp-\d-[\w-]{20,}/g },
  {
    what: "a Slack webhook",
    pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{6,12}\/B[A-Z0-9]{6,12}\/[A-Za-z0-9]{20,}/g,
  },
  { what: "a Discord webhook", pattern: /discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[\w-]{50,}/g },
  { what: "a Telegram bot's token", pattern: /(?<=\d{8}):AA[\w-]{33}/g },
  { what: "a Google API key", pattern: /AIza[\w-]{30,}/g },
  { what: "a Google client secret", pattern: /GOCSPX-[\w-]{28}/g },
  { what: "a Google access token", pattern: /ya29\.[\w-]{30,}/g },
  { what: "an Azure storage key", pattern: /AccountKey=[A-Za-z0-9+/]{86}==/g },
  { what: "a Stripe key", pattern: /[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/g, real: /^.k_live_.*/ },
  { what: "a webhook's secret", pattern: /whsec_[A-Za-z0-9+/]{32,}/g },
  { what: "a SendGrid key", pattern: /SG\.[\w-]{22}\.[\w-]{43}/g },
  { what: "a Shopify token", pattern: /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/g },
  { what: "a DigitalOcean token", pattern: /do[opr]_v1_[0-9a-f]{64}/g },
  { what: "a Databricks token", pattern: /dapi[0-9a-f]{32}/g },
  { what: "a Grafana token", pattern: /glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}/g },
  { what: "a Vault token", pattern: /hv[bsr]\.[\w-]{24,}/g },
  { what: "a Terraform token", pattern: /(?<=[A-Za-z0-9]{14})\.atlasv1\.[\w-]{60,}/g },
  { what: "a Linear key", pattern: /lin_api_[A-Za-z0-9]{40}/g },
  { what: "an Atlassian token", pattern: /ATATT3[\w=-]{50,}/g },
  { what: "a Supabase token", pattern: /sbp_[0-9a-f]{40}/g },
  { what: "an age key", pattern: /AGE-SECRET-KEY-1[0-9A-Z]{58}/g },
  {
    what: "a signed token",
    pattern: /(?<![A-Za-z0-9])eyJ[\w-]{8,400}\.[\w-]{8,4000}\.[\w-]{8,4000}/g,
    // The one in everybody's documentation.
    real: /^(?!.*SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c).*/,
  },
  {
    what: "a private key",
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:\s{0,9}[A-Za-z-]{1,30}: [^\n]{0,200}\n){0,5}[\sA-Za-z0-9+/=\\:,.>|]*(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g,
    // Without the words that may follow it.
    real: /^[\s\S]*[A-Za-z0-9+/=]{40}/,
  },
];

export interface Place {
  readonly start: number;
  readonly end: number;
  readonly what: string;
  /** What of it is refused in a file; null if nothing is. */
  readonly real: string | null;
}

/** Where something looks like a secret, in UTF-16 units; ranges may overlap. */
export const secretsIn = (text: string): readonly Place[] =>
  sightsOf(text).flatMap(({ plain, starts }) =>
    bothWays(plain, one => [...plainIn(one), ...codedIn(one)]).map(place => ({
      ...place,
      start: starts?.[place.start] ?? place.start,
      end: starts?.[place.end] ?? place.end,
    })),
  );

const bothWays = (text: string, look: (text: string) => readonly Place[]): readonly Place[] => {
  const backwards = look(turned(text)).map(place => ({
    ...place,
    start: text.length - place.end,
    end: text.length - place.start,
  }));
  return [...look(text), ...backwards];
};

const plainIn = (text: string): readonly Place[] =>
  ANY.test(text)
    ? SECRETS.flatMap(({ what, pattern, real }) =>
        [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
          start: index,
          end: index + found.length,
          what,
          real: real === undefined ? found : (real.exec(found)?.[0] ?? null),
        })),
      )
    : [];

/** A quick test: nearly every run in a lock file is encoded and holds nothing. */
const ANY = new RegExp(SECRETS.map(({ pattern }) => pattern.source).join("|"));

/** Through an array of units: a list of strings takes twenty times as long. */
const turned = (text: string): string => {
  const units = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at++) units[text.length - 1 - at] = text.charCodeAt(at);
  return new TextDecoder("utf-16le", { ignoreBOM: true }).decode(units);
};

/** An encoded run, across its lines, counts as a whole for each secret in it. */
const codedIn = (text: string): readonly Place[] =>
  CODES.flatMap(({ runs, decode }) =>
    [...text.matchAll(runs)].flatMap(({ 0: run, index }) =>
      // guard: cut-before-it-was-coded
      decode(run)
        .flatMap(readingsOfBytes)
        .flatMap(plain => bothWays(plain, plainIn))
        .map(place => ({ ...place, start: index, end: index + run.length })),
    ),
  );

/** Everything encoded in a text, in each way to decode it. */
export const decodedIn = (text: string): readonly string[] =>
  CODES.flatMap(({ runs, decode }) =>
    [...text.matchAll(runs)].flatMap(([run]) => decode(run).flatMap(readingsOfBytes)),
  );

/** As they are, and without the characters that no secret and no word of ours has, whatever their encoding. */
const readingsOfBytes = (bytes: string): readonly string[] => {
  const bare = bytes.replace(NO_LETTERS, "");
  const plain = ESCAPE.test(bare) ? meant(bare) : bare;
  return plain === bytes ? [bytes] : [bytes, plain];
};
const NO_LETTERS = /[^\t\n\r -~]+/g;

/** As it stands, and as whoever reads or runs it sees it. */
export const readings = (text: string): readonly string[] =>
  CLOAKED.test(text) ? [text, meant(text)] : [text];

/** Without invisible characters, and with escapes of single characters resolved. */
const meant = (text: string): string =>
  text.replace(CLOAKS_IN, (...match: (string | undefined)[]) => meantBy(match));

interface Sight {
  readonly plain: string;
  /** Where in the text each unit of `plain` begins, and where the text ends; absent: at the same index. */
  readonly starts?: Uint32Array;
}

const sightsOf = (text: string): readonly Sight[] =>
  CLOAKED.test(text) ? [{ plain: text }, uncloaked(text)] : [{ plain: text }];

/** The same, with the places of what is left. */
const uncloaked = (text: string): Sight => {
  const starts = new Uint32Array(text.length + 1);
  let [plain, at] = ["", 0];
  const keep = (part: string, from: number): void => {
    for (let unit = 0; unit < part.length; unit++) starts[plain.length + unit] = from + unit;
    plain += part;
  };
  for (const match of text.matchAll(CLOAKS_IN)) {
    keep(text.slice(at, match.index), at);
    keep(meantBy(match), match.index);
    at = match.index + match[0].length;
  }
  keep(text.slice(at), at);
  starts[plain.length] = text.length;
  return { plain, starts };
};

const meantBy = ([, hex, braced, entity, decimal, octal]: readonly (string | undefined)[]): string => {
  const digits = hex ?? braced ?? entity;
  if (digits !== undefined) return String.fromCharCode(Number.parseInt(digits, 16));
  if (decimal !== undefined) return String.fromCharCode(Number(decimal));
  return octal === undefined ? "" : String.fromCharCode(Number.parseInt(octal, 8));
};

/** An escape of one character; each notation has a group of its own. */
const ESCAPED = [
  "(?:%|\\\\x|\\\\u00)([2-7][\\da-f])",
  "\\\\u\\{0{0,6}([2-7][\\da-f])\\}",
  "&#x0{0,6}([2-7][\\da-f]);",
  "&#0{0,6}(3[2-9]|[4-9]\\d|1[01]\\d|12[0-6]);",
  "\\\\((?:0[4-7]|1[0-7])[0-7])",
].join("|");
const ESCAPE = new RegExp(ESCAPED, "i");
/** Also finds NUL, which UTF-16 puts between letters. */
const CLOAKED = new RegExp(`[${UNSEEN}]|${ESCAPED}`, "iu");
const CLOAKS_IN = new RegExp(`[${UNSEEN}]+|${ESCAPED}`, "giu");

interface Code {
  readonly runs: RegExp;
  /** Matches a line that a run may be in. */
  readonly within: RegExp;
  /** Every way to decode a run: nothing says where in it the encoded text begins. */
  readonly decode: (run: string) => readonly string[];
}

/** Bytes listed in lines come with prefixes, separators and indentation. */
const HEX = "(?:\\\\x|%|0x)?[0-9a-fA-F]{2}[ :,-]{0,2}(?:\\r?\\n[ \\t]{0,40})?";

export const CODES: readonly Code[] = [
  {
    runs: /(?:[A-Za-z0-9+/_-]{60,76}\r?\n[ \t]{0,40})+[A-Za-z0-9+/_-]+={0,2}|[A-Za-z0-9+/_-]{24,}={0,2}/g,
    within: /[A-Za-z0-9+/_-]{24}/,
    decode: run => {
      const letters = run
        .replace(/[\s=]+/g, "")
        .replaceAll("-", "+")
        .replaceAll("_", "/");
      return [0, 1, 2, 3].map(from => {
        const whole = letters.slice(from, letters.length - ((letters.length - from) % 4 === 1 ? 1 : 0));
        return atob(whole);
      });
    },
  },
  {
    runs: new RegExp(`(?:${HEX}){20,}[0-9a-fA-F]?`, "g"),
    within: /(?:(?:\\x|%|0x)?[0-9a-fA-F]{2}[ :,-]{0,2}){20}/,
    decode: run => {
      const digits = run.replace(/\\x|%|0x|[\s:,-]+/g, "");
      return [0, 1].map(from => {
        // Not TextDecoder: its latin1 is windows-1252, which maps the bytes 80 to 9F elsewhere.
        let bytes = "";
        for (let at = from; at + 2 <= digits.length; at += 2)
          bytes += String.fromCharCode(Number.parseInt(digits.slice(at, at + 2), 16));
        return bytes;
      });
    },
  },
];

/** Every line that has other readings, or something encoded, matches one of these. */
export const CLOAKS: readonly RegExp[] = [CLOAKED, ...CODES.map(({ within }) => within)];

/** What in `content` looks like a secret that `previous` did not hold. Never names the secret itself. */
export const secretProblem = (content: string, previous: string): string | null => {
  const fresh = keysIn(content);
  if (fresh.length === 0) return null;
  const known = new Set(keysIn(previous).map(({ real }) => real));
  const found = fresh.find(({ real }) => !known.has(real));
  return found === undefined
    ? null
    : `it holds what looks like ${found.what}; read it from the environment, or build the test value at run time`;
};

const keysIn = (content: string) => secretsIn(content).filter(({ real }) => real !== null);
