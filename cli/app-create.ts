// `kin app create`: GitHub's manifest flow. A page on 127.0.0.1 sends the browser to GitHub with the manifest; GitHub
// sends it back with a code, which is worth the new App's credentials once.
import { randomBytes, timingSafeEqual } from "node:crypto";
import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod";
import { isLoopback } from "../app/settings.ts";
import { KinError } from "../core/model/error.ts";
import { type AppManifest, readAppManifest } from "../host/app-manifest.ts";
import { ROOT } from "../local/world.ts";
import { type Env, FLAG, misused, readArguments, TEXT } from "./arguments.ts";

/** GitHub's code is valid for an hour. */
const PATIENCE_MS = 60 * 60_000;
const CALLBACK = "/callback";

export const app = async (args: readonly string[], env: Env): Promise<number> => {
  const [deed, ...rest] = args;
  if (deed === "create") return create(rest, env);
  throw misused(
    deed === undefined ? "`kin app` needs to know what to do." : `\`kin app ${deed}\` is no command.`,
    "Allowed: kin app create. `kin app --help` tells more.",
  );
};

const create = async (args: readonly string[], env: Env): Promise<number> => {
  const options = { org: TEXT, url: TEXT, github: TEXT, name: TEXT, out: TEXT, json: FLAG };
  const { values } = readArguments(args, options);
  const url = address(
    "--url",
    values.url ?? env.KIN_URL,
    "the App's public https address, where GitHub and runners reach it",
  );
  const server = address(
    "--github",
    values.github ?? env.GITHUB_SERVER_URL ?? "https://github.com",
    "GitHub's web address",
  );
  if (values.org !== undefined && !/^[\w-]+$/.test(values.org))
    throw misused(`--org is ${values.org}.`, "The organization's name, as it stands in its address.");
  if (values.out !== undefined) tryOut(values.out);
  const manifest = { ...readAppManifest(ROOT), ...(values.name === undefined ? {} : { name: values.name }) };
  const registered = await register({
    manifest,
    url,
    server,
    org: values.org ?? null,
    say: line => console.error(line),
  });
  const variables = variablesOf(registered, { url, server });
  tell(variables, { out: values.out ?? null, json: values.json });
  console.error(
    [
      "",
      `The App ${registered.slug} is registered: ${registered.html_url}`,
      `1. Start it: \`kin serve\` with these variables, reachable at ${url}.`,
      `2. Install it: ${registered.html_url}/installations/new`,
      "3. Add the workflow, the variable KIN_URL and the secret ANTHROPIC_API_KEY to the repository: docs/setup.md.",
      "4. `kin doctor --repo owner/name` says what is missing.",
    ].join("\n"),
  );
  return 0;
};

/** GitHub shows the key only once, so whether it can be kept is tried first. */
const tryOut = (file: string): void => {
  try {
    closeSync(openSync(file, "wx", 0o600));
    rmSync(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw code === "EEXIST"
      ? new KinError(`${file} exists already.`, {
          code: "out_exists",
          hint: "Name another file: this one may hold another App's key, which nobody can ask for again.",
        })
      : new KinError(`${file} cannot be written (${code}).`, {
          code: "out_unwritable",
          hint: "Name another file with --out, in a directory that is there and that you may write to.",
          cause,
        });
  }
};

const address = (name: string, value: string | undefined, what: string): string => {
  if (value && URL.canParse(value) && (value.startsWith("https:") || isLoopback(value)))
    return value.replace(/\/+$/, "");
  throw misused(value ? `${name} is ${value}.` : `${name} is missing.`, `It is ${what}.`);
};

/** GitHub's reply to the code; everything in it but slug and address is secret or used once. */
const Registered = z.object({
  id: z.number(),
  slug: z.string(),
  html_url: z.string(),
  pem: z.string(),
  webhook_secret: z.string(),
});
type Registered = z.infer<typeof Registered>;

interface Registration {
  readonly manifest: AppManifest;
  /** KIN_URL. */
  readonly url: string;
  readonly server: string;
  readonly org: string | null;
  readonly say: (line: string) => void;
}

const register = async ({ manifest, url, server, org, say }: Registration): Promise<Registered> => {
  const state = randomBytes(24).toString("base64url");
  const { promise, resolve, reject } = Promise.withResolvers<Registered>();
  let page = "";
  let origin = "";
  let taken = false;
  const site = createServer((request, response) => {
    const asked = new URL(request.url ?? "/", origin);
    // A name that somebody pointed at 127.0.0.1 must not read the state from the page.
    if (request.headers.host !== new URL(origin).host) return answer(response, 421, "Misdirected");
    if (asked.pathname === "/") return answer(response, 200, page);
    if (asked.pathname !== CALLBACK) return answer(response, 404, "Not found");
    const code = asked.searchParams.get("code") ?? "";
    if (!isEqual(asked.searchParams.get("state") ?? "", state) || !/^[\w-]+$/.test(code))
      return answer(response, 400, "This answer does not belong to the App that is being created here.");
    if (taken) return answer(response, 409, "The App is registered already.");
    taken = true;
    exchange(code, server).then(
      registered => {
        answer(response, 200, `The App ${escaped(registered.slug)} is registered. Go back to the terminal.`);
        resolve(registered);
      },
      error => {
        answer(response, 502, "GitHub did not hand out the App's key. The terminal says why.");
        reject(error);
      },
    );
  });
  origin = `http://127.0.0.1:${await listen(site)}`;
  page = formOf({
    asked: { ...manifest, url, owner: org },
    action: `${server}${org === null ? "" : `/organizations/${org}`}/settings/apps/new?state=${state}`,
    manifest: JSON.stringify({
      ...manifest,
      url,
      hook_attributes: { url: `${url}/api/github/webhooks`, active: true },
      redirect_url: `${origin}${CALLBACK}`,
    }),
  });
  say(`Open ${origin} in a browser on this machine, and confirm the App on GitHub.`);
  const late = setTimeout(() => {
    reject(
      new KinError("No App was registered within an hour.", {
        code: "app_not_created",
        hint: "Start again with `kin app create`.",
      }),
    );
  }, PATIENCE_MS);
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    site.close();
    setTimeout(() => site.closeAllConnections(), 200).unref();
  }
};

const listen = (site: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    site.once("error", reject).listen(0, "127.0.0.1", () => resolve((site.address() as AddressInfo).port));
  });

const answer = (response: ServerResponse<IncomingMessage>, status: number, text: string): void => {
  const html = text.startsWith("<")
    ? text
    : `<!doctype html><meta charset="utf-8"><title>Kin</title><p>${text}</p>`;
  response
    .writeHead(status, {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      connection: "close",
    })
    .end(html);
};

interface Form {
  readonly action: string;
  readonly manifest: string;
  readonly asked: AppManifest & { readonly url: string; readonly owner: string | null };
}

const formOf = ({ action, manifest, asked }: Form): string =>
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Kin: register the App</title>
<h1>Register the App ${escaped(asked.name)}</h1>
<p>For ${asked.owner === null ? "your own account" : `the organization ${escaped(asked.owner)}`}. Its webhook goes to ${escaped(asked.url)}.</p>
<p>Where it is installed, it may:</p>
<ul>
${Object.entries(asked.default_permissions)
  .map(([name, level]) => `<li>${escaped(name.replaceAll("_", " "))}: ${escaped(level)}</li>`)
  .join("\n")}
</ul>
<p>It hears of: ${escaped(asked.default_events.map(event => event.replaceAll("_", " ")).join(", "))}.</p>
<form method="post" action="${escaped(action)}">
<p>Nothing is made until you confirm it on GitHub, which shows the same.</p>
<input type="hidden" name="manifest" value="${escaped(manifest)}">
<button>Continue on GitHub</button>
</form>
`;

const escaped = (text: string): string => text.replace(/[&<>"']/g, one => `&#${one.charCodeAt(0)};`);

const isEqual = (given: string, wanted: string): boolean => {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
};

const exchange = async (code: string, server: string): Promise<Registered> => {
  const failure = (message: string, cause?: unknown) =>
    new KinError(message, {
      code: "app_not_created",
      hint: `If the App stands at ${server}/settings/apps, delete it there; then start again: a code is worth its key once.`,
      cause,
    });
  const response = await fetch(`${apiOf(server)}/app-manifests/${code}/conversions`, {
    method: "POST",
    headers: {
      accept: "application/vnd.github+json",
      "user-agent": "kin",
      "x-github-api-version": "2022-11-28",
    },
    signal: AbortSignal.timeout(30_000),
  }).catch(cause => {
    throw failure(`${apiOf(server)} does not answer.`, cause);
  });
  if (response.status !== 201) throw failure(`GitHub did not take the code: ${response.status}.`);
  const parsed = Registered.safeParse(await response.json().catch(() => null));
  if (!parsed.success) throw failure("GitHub's answer lacks a part of the App's credentials.");
  return parsed.data;
};

/** github.com and its data-residency hosts have the API on a separate host, Enterprise Server below a path. */
export const apiOf = (server: string): string => {
  const { protocol, host } = new URL(server);
  return host === "github.com" || host.endsWith(".ghe.com") ? `${protocol}//api.${host}` : `${server}/api/v3`;
};

type Variables = Readonly<Record<string, string>>;

const variablesOf = (
  { id, pem, webhook_secret }: Registered,
  { url, server }: { readonly url: string; readonly server: string },
): Variables => ({
  APP_ID: String(id),
  PRIVATE_KEY: pem.trim(),
  WEBHOOK_SECRET: webhook_secret,
  KIN_SECRET: randomBytes(32).toString("hex"),
  KIN_URL: url,
  ...(server === "https://github.com" ? {} : { GITHUB_SERVER_URL: server, GITHUB_API_URL: apiOf(server) }),
});

/** To standard output or the file, and nowhere else, because they are secrets. */
const tell = (
  variables: Variables,
  { out, json }: { readonly out: string | null; readonly json: boolean },
): void => {
  const text = json
    ? `${JSON.stringify(variables, null, 2)}\n`
    : Object.entries(variables)
        .map(([name, value]) => `${name}="${value.replaceAll("\n", "\\n")}"\n`)
        .join("");
  if (out === null) process.stdout.write(text);
  else {
    writeFileSync(out, text, { mode: 0o600, flag: "wx" });
    console.error(`The variables are in ${out}, which only you can read.`);
  }
};
