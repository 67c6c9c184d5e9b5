// What looks like a secret, in a patch's files and in what is posted. The examples are assembled at run time, so that
// nothing takes this file for a leak.
import { describe, expect, test } from "vitest";
import { FileChange } from "../../core/model/change.ts";
import { contentProblem } from "../../core/model/patch/content-rules.ts";
import { SECRETS, secretProblem, secretsIn } from "../../core/model/patch/secrets.ts";
import { fileUrl, link } from "../../core/report/link.ts";
import { plain, plainLine, withoutMarks } from "../../core/text/plain.ts";
import { withoutSecrets } from "../../core/text/secrets.ts";
import { LONG_TEXT, MOST_UNITS, unitsOn } from "../text/work.ts";

const run = (letters: string, length: number): string =>
  letters.repeat(Math.ceil(length / letters.length)).slice(0, length);
const mixed = (length: number): string => run("aB3dE5gH7jK9mN2pQ4", length);
const hex = (length: number): string => run("0a1b2c3d4e5f6789", length);
const upper = (length: number): string => run("Q2W3E4R5T6Y7U8I9", length);

/** A kind, and an example of it. */
const EXAMPLES: readonly (readonly [what: string, secret: string])[] = [
  ["an AWS access key", `AKIA${upper(16)}`],
  ["an AWS access key", `ASIA${upper(16)}`],
  ["an AWS access key", `ABIA${upper(16)}`],
  ["an AWS access key", `ACCA${upper(16)}`],
  ["a GitHub token", `ghp_${mixed(36)}`],
  ["a GitHub token", `gho_${mixed(36)}`],
  ["a GitHub token", `ghs_${mixed(36)}`],
  ["a GitHub token", `ghu_${mixed(36)}`],
  ["a GitHub token", `ghr_${mixed(76)}`],
  ["a fine-grained GitHub token", `github_pat_${mixed(22)}_${mixed(59)}`],
  ["a GitLab token", `glpat-${mixed(20)}`],
  ["a GitLab token", `gldt-${mixed(20)}`],
  ["an Anthropic API key", `sk-ant-api03-${mixed(93)}AA`],
  ["an API key", `sk-proj-${mixed(48)}`],
  ["an API key", `sk-${mixed(48)}`],
  ["a Groq key", `gsk_${mixed(52)}`],
  ["an xAI key", `xai-${mixed(80)}`],
  ["a Perplexity key", `pplx-${mixed(48)}`],
  ["a Hugging Face token", `hf_${run("aBcDeF", 34)}`],
  ["a Replicate token", `r8_${mixed(37)}`],
  ["an npm token", `npm_${mixed(36)}`],
  ["a PyPI token", `pypi-AgEIcHlwaS5vcmc${mixed(60)}`],
  ["a RubyGems key", `rubygems_${hex(48)}`],
  ["a Docker token", `dckr_pat_${mixed(27)}`],
  ["a Slack token", `xoxb-${run("1234567890", 12)}-${mixed(24)}`],
  ["a Slack app token", `xapp-1-${upper(11)}-${hex(40)}`],
  ["a Slack webhook", `https://hooks.slack.com/services/T${upper(8)}/B${upper(8)}/${mixed(24)}`],
  ["a Discord webhook", `https://discord.com/api/webhooks/${run("1234567890", 18)}/${mixed(68)}`],
  ["a Telegram bot's token", `${run("1234567890", 10)}:AA${mixed(33)}`],
  ["a Google API key", `AIza${mixed(35)}`],
  ["a Google client secret", `GOCSPX-${mixed(28)}`],
  ["a Google access token", `ya29.${mixed(60)}`],
  ["an Azure storage key", `AccountKey=${mixed(86)}==`],
  ["a Stripe key", `sk_live_${mixed(24)}`],
  ["a Stripe key", `rk_live_${mixed(24)}`],
  ["a webhook's secret", `whsec_${mixed(32)}`],
  ["a SendGrid key", `SG.${mixed(22)}.${mixed(43)}`],
  ["a Shopify token", `shpat_${hex(32)}`],
  ["a DigitalOcean token", `dop_v1_${hex(64)}`],
  ["a Databricks token", `dapi${hex(32)}`],
  ["a Grafana token", `glsa_${mixed(32)}_${hex(8)}`],
  ["a Vault token", `hvs.${mixed(24)}`],
  ["a Terraform token", `${mixed(14)}.atlasv1.${mixed(67)}`],
  ["a Linear key", `lin_api_${mixed(40)}`],
  ["an Atlassian token", `ATATT3${mixed(180)}`],
  ["a Supabase token", `sbp_${hex(40)}`],
  ["an age key", `AGE-SECRET-KEY-1${upper(58)}`],
  ["a signed token", `eyJ${mixed(33)}.${mixed(60)}.${mixed(43)}`],
  ["a private key", `-----BEGIN PRIVATE KEY-----\n${mixed(64)}\n${mixed(64)}\n-----END PRIVATE KEY-----`],
  [
    "a private key",
    `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${hex(32)}\n\n${mixed(64)}\n-----END RSA PRIVATE KEY-----`,
  ],
  ["a private key", `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${mixed(64)}\n${mixed(64)}`],
];
const NAMED = `aws_secret_access_key = "${mixed(40)}"`;

const reversed = (text: string): string => [...text].reverse().join("");
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const lined = (text: string): string => text.replace(/.{76}/g, "$&\n");

const CODINGS: readonly (readonly [how: string, coded: (secret: string) => string])[] = [
  ["plain", secret => secret],
  ["reversed", reversed],
  ["base64", base64],
  ["base64 behind one letter", secret => base64(`.${secret}`)],
  ["base64 behind two letters", secret => base64(`..${secret}`)],
  ["base64 that is glued to a word", secret => `key${base64(secret)}`],
  ["base64 for addresses", secret => Buffer.from(`??>>${secret}`).toString("base64url")],
  ["base64 in lines", secret => lined(base64(`${"text ".repeat(30)}${secret}`))],
  ["base64 of what is reversed", secret => base64(reversed(secret))],
  ["base64 that is reversed", secret => reversed(base64(secret))],
  ["hex", secret => Buffer.from(secret).toString("hex")],
  ["hex in capitals", secret => Buffer.from(secret).toString("hex").toUpperCase()],
  ["hex that is glued to a digit", secret => `f${Buffer.from(secret).toString("hex")}`],
  ["escaped bytes", secret => Buffer.from(secret).toString("hex").replace(/../g, "\\x$&")],
  ["hex in lines", secret => Buffer.from(secret).toString("hex").replace(/.{60}/g, "$&\n")],
  ["hex with dashes", secret => Buffer.from(secret).toString("hex").replace(/../g, "$&-")],
  [
    "numbers of bytes in lines",
    secret => Buffer.from(secret).toString("hex").replace(/../g, "0x$&, ").replace(/.{72}/g, "$&\n  "),
  ],
  ["numbers of bytes", secret => Buffer.from(secret).toString("hex").replace(/../g, "0x$&, ")],
];

describe.each(CODINGS)("in %s", (_, coded) => {
  test.each(EXAMPLES)("%s is refused in a file and left out of a post", (what, secret) => {
    const text = `before (${coded(secret)}) after`;
    expect(secretProblem(text, "")).toContain(`what looks like ${what};`);
    expect(secretProblem(text, text)).toBeNull();
    const left = withoutSecrets(text);
    expect(left).toMatch(/\(secret removed\)/);
    expect(left).not.toContain(coded(secret).slice(8, 24));
    expect(withoutSecrets(left)).toBe(left);
  });
});

test.each([
  ["a title and a message of a commit", plain],
  ["a line of a log", plainLine],
  ["a line of the page", withoutMarks],
])("%s hold no secret, wherever it is cut by what nobody sees", (_, written) => {
  const secret = `ghp_${mixed(36)}`;
  for (const coded of [secret, [...secret].join("\u200b"), reversed(secret), base64(secret)])
    expect(written(`Use ${coded}\nfrom now on`)).toBe("Use (secret removed) from now on");
});

test("every kind of the list has an example", () => {
  const kinds = new Set([...EXAMPLES.map(([what]) => what), "an AWS secret key"]);
  expect(new Set(SECRETS.map(({ what }) => what))).toEqual(kinds);
});

test("a key that has no shape of its own is known by its name", () => {
  expect(secretProblem(NAMED, "")).toContain("an AWS secret key");
  expect(withoutSecrets(NAMED)).toBe('aws_secret_access_key = "(secret removed)"');
  expect(secretProblem(NAMED.replace("aws_secret_access_key", "SECRET_KEY"), "")).not.toBeNull();
  expect(secretProblem(NAMED.replace("aws_secret_access_key", "checksum"), "")).toBeNull();
});

test.each<[what: string, coded: (secret: string) => string]>([
  ["characters that nobody sees", secret => secret.split("").join("\u200b")],
  ["fillers and controls", secret => secret.split("").join("\u3164\x01")],
  ["one escaped character", secret => secret.replace("_", "%5F")],
  ["another way to escape it", secret => secret.replace("_", "\\x5f")],
  ["an escape of four digits", secret => secret.replace("_", "\\u005F")],
  ["one in braces", secret => secret.replace("_", "\\u{5f}")],
  ["an octal one", secret => secret.replace("_", "\\137")],
  ["an entity", secret => secret.replace("_", "&#95;")],
  ["another entity", secret => secret.replace("_", "&#x5f;")],
  ["escapes all over", secret => Buffer.from(secret).toString("hex").replace(/../g, "\\u00$&")],
])("%s do not hide a secret, in a file or in a post", (_, coded) => {
  const [secret, next] = [`ghp_${mixed(36)}`, `npm_${mixed(36)}`];
  const text = `a ${coded(secret)} b ${coded(next)} c`;
  expect(secretProblem(text, "")).toContain("a GitHub token");
  expect(secretProblem(text, `${secret} ${next}`)).toBeNull();
  expect(withoutSecrets(text)).toBe("a (secret removed) b (secret removed) c");
});

test("a file's name, and an address, tell no secret, coded or not", () => {
  const secret = `ghp_${mixed(36)}`;
  const named = (path: string) =>
    contentProblem(FileChange.parse({ path, mode: "100644", content: "x", in_base: false }), "");
  for (const [how, coded] of CODINGS) {
    if (/lines/.test(how) || /[\\\n]/.test(coded(secret))) continue;
    expect(named(`docs/${coded(secret)}.md`), how).toMatch(/^its name holds what looks like a secret/);
    expect(named(`${coded(secret)}/a.md`), how).toMatch(/^its name holds/);
    const view = { server_url: "https://git.test", project: { owner: "o", name: "n" } as never };
    const url = fileUrl(view, { sha: "c".repeat(40), path: `docs/${coded(secret)}.md`, line: 3 });
    expect(link("there", url), how).toBe("there");
  }
  expect(named("docs/ghp_tokens-and-how-to-make-one.md")).toBeNull();
  expect(link("there", "https://git.test/o/n")).toBe("[there](https://git.test/o/n)");
});

describe("a secret that was cut by what nobody sees before it was coded", () => {
  const SECRET = `ghp_${mixed(36)}`;
  const unseen = Array.from({ length: 0x110000 }, (_, point) => point)
    .filter(
      point =>
        (point < 0xd800 || point > 0xdfff) &&
        /\p{Default_Ignorable_Code_Point}/u.test(String.fromCodePoint(point)),
    )
    .map(point => String.fromCodePoint(point));

  test("is left out of a post and refused in a file, whatever it was cut by", () => {
    expect(unseen.length).toBeGreaterThan(4000);
    const marks = unseen.filter((_, index) => index < 400 || index % 64 === 0);
    for (const mark of [...marks, "\0"]) {
      const text = `key ${base64(SECRET.split("").join(mark))}`;
      expect(withoutSecrets(text), JSON.stringify(mark)).toBe("key (secret removed)");
    }
    for (const mark of ["\u200b", "%5F", "\\x5f"]) {
      const cut = mark.length === 1 ? SECRET.split("").join(mark) : SECRET.replace("_", mark);
      for (const coded of [base64(cut), Buffer.from(cut).toString("hex"), reversed(base64(cut))])
        expect(secretProblem(coded, "")).toContain("a GitHub token");
    }
  });

  test("is refused in a file that is no text, and in UTF-16", () => {
    const file = (path: string, bytes: Buffer) =>
      contentProblem(
        FileChange.parse({
          path,
          mode: "100644",
          content: bytes.toString("base64"),
          encoding: "base64",
          in_base: true,
        }),
        "",
      );
    const cut = Buffer.from(SECRET.split("").join("\u200b"));
    for (const bytes of [
      Buffer.concat([Buffer.of(0xff), cut]),
      Buffer.from(SECRET, "utf16le"),
      Buffer.from(`\ufeff${SECRET}`, "utf16le"),
    ])
      for (const path of ["a.bin", "a.txt", "src/a.ts"])
        expect(file(path, bytes), path).toMatch(
          path === "a.bin" ? /a GitHub token/ : /a GitHub token|nobody sees/,
        );
    expect(withoutSecrets(Buffer.from(SECRET, "utf16le").toString("base64"))).toBe("(secret removed)");
  });
});

test("what begins and ends with other letters is still one", () => {
  expect(secretProblem(`xAKIA${upper(16)}`, "")).toContain("an AWS access key");
  expect(secretProblem(`x_ghp_${mixed(40)}`, "")).toContain("a GitHub token");
});

test("beside one that was there, another one is refused", () => {
  const [old, fresh] = [`npm_${mixed(36)}`, `npm_${mixed(35)}Z`];
  expect(secretProblem(`${old}\nmore`, old)).toBeNull();
  expect(secretProblem(`${old}\n${base64(fresh)}`, old)).toContain("an npm token");
});

test.each(CODINGS)(
  "and so it is in one run of %s with the one that was there, before it or behind",
  (_, coded) => {
    const [old, fresh] = [`npm_${mixed(36)}`, `npm_${mixed(35)}Z`];
    for (const text of [`${old} ${fresh}`, `${fresh} ${old}`, `AKIAIOSFODNN7EXAMPLE ${old} ${fresh}`]) {
      expect(secretProblem(coded(text), old)).toContain("an npm token");
      expect(secretProblem(coded(text), `${old}\n${fresh}`)).toBeNull();
    }
  },
);

test("two of them beside each other leave what stands between", () => {
  const key = `npm_${mixed(36)}`;
  expect(withoutSecrets(`a ${key} b ${base64(key)} c`)).toBe("a (secret removed) b (secret removed) c");
});

describe("passes in a file", () => {
  test.each([
    ["an almost-key of documents", "AKIAIOSFODNN7EXAMPLE ghp_yourtokenhere sk-ant-... npm_config_registry"],
    ["the AWS secret of documents", 'aws_secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"'],
    ["a class of a style sheet", ".sk-fading-circle-container-12 { } .task-2024-01-02-and-more { }"],
    ["a test key of Stripe's", `sk_test_${mixed(24)}`],
    ["a public key", `-----BEGIN PUBLIC KEY-----\n${mixed(64)}\n-----END PUBLIC KEY-----`],
    ["code that looks for keys", 'if (text.includes("-----BEGIN PRIVATE KEY-----")) refuse();'],
    ["a sequence of a protein", "MAKIAGGLLLVVVAAASSTTPPKKRRDDEE"],
    ["sums of a lock file", `"integrity": "sha512-${mixed(86)}==", "${hex(64)}"`],
    ["a picture", base64(mixed(2000))],
    ["a disk and its number", `disk-${hex(40)} mask-image-2-of-the-whole-page risk-${hex(8)}-${hex(12)}`],
    [
      "a token that everybody shows",
      `eyJ${mixed(33)}.${mixed(60)}.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c`,
    ],
  ])("%s", (_, text) => {
    expect(secretProblem(text, "")).toBeNull();
  });
});

test("looking takes time in proportion to the length, however much looks like a beginning", () => {
  const worst = [
    "sk-",
    "eyJ",
    "-eyJ",
    "xoxb-",
    "AKIA",
    "-----BEGIN PRIVATE KEY-----",
    "x: -----BEGIN PRIVATE KEY-----\n",
  ];
  const more = [
    "A",
    "0x41, ",
    "secret_key=",
    "SG.",
    `${"A".repeat(76)}\n`,
    "hooks.slack.com/services/T",
    "ya29.",
    "41",
  ];
  for (const part of [...worst, ...more]) {
    const long = part.repeat(Math.ceil(LONG_TEXT / part.length)).slice(0, LONG_TEXT);
    expect(unitsOn(secretsIn, long), part.slice(0, 30)).toBeLessThan(MOST_UNITS);
  }
});
