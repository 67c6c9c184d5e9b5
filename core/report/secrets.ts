// Strings that look like keys. A last line of defence for what is posted: nothing Kin holds should ever get this far.

/** The same text without them, in code as well. */
export const withoutSecrets = (text: string): string => text.replace(SECRET, "(secret removed)");

const SECRET = new RegExp(
  [
    "gh[opusr]_[A-Za-z0-9][\\w.-]{15,}",
    "github_pat_\\w{20,}",
    "glpat-[\\w-]{16,}",
    "sk-[A-Za-z0-9][\\w-]{15,}",
    "xox[abeoprs]-[\\w-]{10,}",
    "npm_[A-Za-z0-9]{30,}",
    "AIza[\\w-]{30,}",
    "(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}",
    // The other half of an AWS pair has no shape of its own, so its name has to stand before it.
    "(?<=secret_?(?:access_?)?key[\"']?\\s{0,3}[=:]\\s{0,3}[\"']?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])",
    "(?<![A-Za-z0-9])eyJ[\\w-]{8,4000}\\.[\\w-]{8,4000}\\.[\\w-]{8,4000}",
    "-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\\sA-Za-z0-9+/=\\\\:,.>|]*(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?",
  ].join("|"),
  "gi",
);
