// Registries with a credential: who gets it, and who never does.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createDial, type Wire } from "../../action/network/dial.ts";
import { openProxy } from "../../action/network/proxy.ts";
import { withRegistries } from "../../action/network/registries.ts";
import { aWorkbench, closeAll, type Handle, never, type Stand, temporary } from "../workbench/kit.ts";
import { aRegistry, has, PROJECT } from "./registry.ts";
import { aStandIn, certificateFor, type StandIn } from "./stand-in.ts";

const HOST = "registry.example.com";
const TOKEN = "canary0registry0token0value";
const SECRETS = new Map([
  ["REGISTRY_TOKEN", TOKEN],
  ["LOGIN", "me:pass word"],
]);
const CREDENTIALS = [
  { host: HOST, secret: "REGISTRY_TOKEN" },
  { host: "basic.example.org", secret: "LOGIN", scheme: "basic" },
  { host: "plain.example.org", secret: "REGISTRY_TOKEN", scheme: "plain" },
  { host: "lost.example.org", secret: "LOST_TOKEN" },
  { host: "inside.example.org", secret: "REGISTRY_TOKEN" },
];
const NETWORK = { hosts: [HOST, "*.example.org"], credentials: CREDENTIALS };

let standIn: StandIn;
let stand: Stand;
let bench: Handle;
/** The identity that each request showed to a host. */
const shown: string[] = [];

beforeAll(async () => {
  const registry = aRegistry();
  standIn = await aStandIn(
    (request, response) => {
      const { host = "", authorization = "nobody" } = request.headers;
      shown.push(`${host} ${authorization}`);
      if (request.url === "/redirect")
        return void response.writeHead(302, { location: "https://other.example.org/hello" }).end();
      if (request.url === "/headers") return void response.end(JSON.stringify(request.headers));
      if (request.url === "/never") return;
      const [, status] = /^\/status\/(\d{3})$/.exec(request.url ?? "") ?? [];
      if (status !== undefined)
        return void response.socket?.end(`HTTP/1.1 ${status} Odd\r\nContent-Length: 4\r\n\r\nodd\n`);
      if (host === HOST && authorization !== `Bearer ${TOKEN}`) return void response.writeHead(401).end();
      registry(request, response);
    },
    { names: [HOST, "*.example.org"], addresses: { "inside.example.org": ["10.0.0.1"] } },
  );
  stand = await aWorkbench(
    { ...PROJECT, "ca.pem": standIn.ca },
    {
      config: { network: NETWORK, setup: [`curl -sSf https://${HOST}/hello`] },
      wire: { ...standIn.wire, roots: standIn.ca },
      secrets: SECRETS,
    },
  );
  bench = await stand.open();
});
afterAll(async () => {
  await closeAll();
  await standIn.close();
});

const said = async (command: string): Promise<string> => (await bench.bash(command, 300)).content;

describe("a host with a credential", () => {
  test("is reached with it by setup, by steps and by the harness's own commands", async () => {
    expect(stand.setup).toMatchObject({ ok: true, commands: [{ output: "hello\n" }] });
    const command = `curl -sSf https://${HOST}/hello`;
    expect(await said(command)).toBe("hello\nexit code 0");
    expect(await bench.judge([command], { seconds: 60, signal: never })).toMatchObject([
      { output: "hello\n" },
    ]);
  });

  const clients = [
    [
      "npm",
      "npm",
      `npm install --no-package-lock --no-audit --registry https://${HOST}/npm/ && node -p "require('left')"`,
      "left by npm",
    ],
    [
      "pip",
      "python3",
      `/usr/bin/python3 -m pip install --index-url https://${HOST}/simple --target /tmp/pip left && PYTHONPATH=/tmp/pip /usr/bin/python3 -m left`,
      "left by pip",
    ],
    [
      "git",
      "git",
      `git clone --quiet https://${HOST}/left.git /tmp/left && cat /tmp/left/left.txt`,
      "left by git",
    ],
    ["wget", "wget", `wget -q -O - --ca-certificate=$SSL_CERT_FILE https://${HOST}/hello`, "hello"],
    [
      "Python's urllib",
      "python3",
      `/usr/bin/python3 -c "import urllib.request; print(urllib.request.urlopen('https://${HOST}/hello').read())"`,
      "hello",
    ],
    [
      "go",
      "go",
      `cd go && GOFLAGS=-mod=mod GONOSUMDB='*' GOPROXY=https://${HOST}/go go run . 2>&1`,
      "left by go",
    ],
    [
      "Cargo",
      "cargo",
      `cd cargo && export RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_SPARSE_REGISTRY=true; CARGO_REGISTRIES_STAND_IN_INDEX=sparse+https://${HOST}/cargo/ cargo run --quiet 2>&1`,
      "left by cargo",
    ],
    [
      "Maven",
      "mvn",
      "cd maven && mvn -q --batch-mode validate && cat ~/.m2/repository/example/parent/1/parent-1.pom",
      "left by maven",
    ],
    ["Gradle", "gradle", `cd gradle && gradle -q -Phost=${HOST} show 2>&1`, "left by maven"],
  ] as const;
  for (const [name, needs] of clients.filter(([, needs]) => !has(needs)))
    test.skip(`serves ${name}: ${needs} is not installed.`);
  test.each(clients.filter(([, needs]) => has(needs)))(
    "serves %s, which has none",
    async (_, __, command, says) => {
      const { content, ran } = await bench.bash(command, 300);
      expect(content).toContain(says);
      expect(ran?.exit_code).toBe(0);
    },
  );

  test.skipIf(!has("keytool"))("is trusted by Java as by all others", async () => {
    const store = "/.kin/trusted/certificates.jks";
    expect(
      await said(
        `test $(keytool -list -keystore ${store} -storepass changeit | grep -c trustedCertEntry) = $(grep -c BEGIN $SSL_CERT_FILE)`,
      ),
    ).toBe("exit code 0");
  });

  test("gets it in the form that it asks for, and of a client's headers few", async () => {
    const headers = async (host: string): Promise<Record<string, string>> =>
      JSON.parse(
        (await said(`curl -sS -H 'Authorization: mine' -H 'X-Odd: 1' -H 'Cookie: c' https://${host}/headers`))
          .split("\n")[0]
          ?.replace(/exit code.*/, "") ?? "",
      );
    expect(await headers("basic.example.org")).toEqual({
      host: "basic.example.org",
      accept: "*/*",
      "user-agent": expect.any(String),
      authorization: `Basic ${Buffer.from("me:pass word").toString("base64")}`,
      connection: expect.any(String),
    });
    expect((await headers("plain.example.org")).authorization).toBe(TOKEN);
  });

  test("is asked with GET and HEAD alone, and what else was tried is told", async () => {
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const before = shown.length;
      const { content, ran } = await bench.bash(`curl -sS -X ${method} -d x https://${HOST}/hello`);
      expect(content).toContain("Kin: with a credential only GET and HEAD are sent");
      expect(ran?.refused).toEqual([{ host: HOST, why: "with a credential only GET and HEAD are sent" }]);
      expect(shown.length).toBe(before);
    }
    expect(await said(`curl -sSI https://${HOST}/hello`)).toMatch(/^HTTP\/1.1 200/);
  });

  test("is the only one that a request inside TLS may be for", async () => {
    const before = shown.length;
    for (const command of [
      `curl -sS -H 'Host: other.example.org' https://${HOST}/hello`,
      `curl -sS --request-target https://other.example.org/hello https://${HOST}/`,
    ])
      expect((await bench.bash(command)).ran?.refused).toEqual([
        { host: HOST, why: "its Host is another one" },
      ]);
    expect(shown.length).toBe(before);
  });

  test("takes it along to no other: a redirect is the client's to follow, without it", async () => {
    shown.length = 0;
    await said(`curl -sSL --cacert ca.pem https://${HOST}/redirect; curl -sSL https://${HOST}/redirect`);
    await said(
      `cat $SSL_CERT_FILE ca.pem > /tmp/both.pem; curl -sSL --cacert /tmp/both.pem https://${HOST}/redirect`,
    );
    expect(shown).toContain(`${HOST} Bearer ${TOKEN}`);
    expect(shown).toContain("other.example.org nobody");
    expect(shown.filter(one => one.includes(TOKEN) && !one.startsWith(HOST))).toEqual([]);
  });

  test("that leads inside is refused, and so is one whose secret the run does not have", async () => {
    expect((await bench.bash("curl -sS https://inside.example.org/")).ran?.refused).toEqual([
      { host: "inside.example.org", why: "its name leads to a private network" },
    ]);
    expect((await bench.bash("curl -sS https://lost.example.org/")).ran?.refused).toEqual([
      { host: "lost.example.org", why: "the run has no secret LOST_TOKEN" },
    ]);
  });

  test("that is not who it should be gets nothing", async () => {
    // Its certificate is from nobody whom the machine trusts.
    const other = await aWorkbench(
      { "a.txt": "a\n" },
      { config: { network: NETWORK }, wire: standIn.wire, secrets: SECRETS },
    );
    const before = shown.length;
    const { content } = await (await other.open()).bash(`curl -sS https://${HOST}/hello`);
    expect(content).toContain("Kin: the host did not answer, or is not who it should be");
    expect(shown.length).toBe(before);
  });

  test("may say what it likes: a status that is none of an answer's is told as 502, and the run goes on", async () => {
    const status = (path: string) => said(`curl -sS -o /dev/null -w '%{http_code}' https://${HOST}${path}`);
    for (const odd of ["000", "067", "600", "999"])
      expect(await status(`/status/${odd}`)).toBe("502\nexit code 0");
    for (const plain of ["226", "418", "599"])
      expect(await status(`/status/${plain}`)).toBe(`${plain}\nexit code 0`);
  });
});

describe("what a command asks a host with a credential for", () => {
  /** Speaks TLS to the proxy in the host's place. */
  const inside = async (wire: Wire = standIn.wire) => {
    const certificate = certificateFor([HOST]);
    const proxy = await openProxy(join(temporary(), "p"), {
      reach: { hosts: [HOST], private: [] },
      dial: withRegistries({
        credentials: [{ host: HOST, secret: "REGISTRY_TOKEN", scheme: "bearer" }],
        ...{ secrets: SECRETS, certificate, roots: standIn.ca, dial: createDial(wire, null) },
      }),
    });
    onTestFinished(() => proxy.close());
    const client = connect({ path: proxy.socket });
    client.write(`CONNECT ${HOST}:443 HTTP/1.1\r\n\r\n`);
    await once(client, "data");
    const tls: TLSSocket = connectTls({ socket: client, servername: HOST, ca: certificate.cert });
    for (const side of [client, tls]) side.on("error", () => undefined);
    await once(tls, "secureConnect");
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
    return { proxy, client, tls, ask: (...paths: string[]) => tls.write(paths.map(get).join("")) };
  };

  test("is asked one after the other, and whoever does not wait for answers is cut off", async () => {
    const patient = await inside();
    let text = "";
    patient.ask("/hello", "/hello");
    await new Promise<void>(resolve =>
      patient.tls.on("data", chunk => {
        text += String(chunk);
        if (text.split("hello\n").length === 3) resolve();
      }),
    );
    expect(text.match(/^HTTP\/1\.1 200 OK/gm)).toHaveLength(2);
    patient.ask("/headers");
    expect(String((await once(patient.tls, "data"))[0])).toContain(`Bearer ${TOKEN}`);

    const greedy = await inside();
    const before = standIn.reached.length;
    const closed = once(greedy.tls, "close");
    greedy.ask(...Array<string>(200).fill("/never"));
    await closed;
    expect(standIn.reached.length).toBeLessThanOrEqual(before + 1);
    const waiting = await inside();
    const then = standIn.reached.length;
    waiting.ask("/never", "/hello");
    await expect.poll(() => standIn.reached.length).toBe(then + 1);
    await waiting.proxy.close();
    expect(standIn.reached.length).toBe(then + 1);
  });

  test("is not asked any more once the command is over, though its host was being reached", async () => {
    const [started, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const dialed = Promise.withResolvers<Socket>();
    const { proxy, ask } = await inside({
      resolve: async host => {
        started.resolve();
        await released.promise;
        return standIn.wire.resolve(host);
      },
      connect: (addresses, host) => {
        const socket = standIn.wire.connect(addresses, host);
        dialed.resolve(socket);
        return socket;
      },
    });
    const before = shown.length;
    ask("/hello");
    await started.promise;
    await proxy.close();
    released.resolve();
    const socket = await dialed.promise;
    if (!socket.closed) await once(socket, "close");
    expect(shown.length).toBe(before);
  });
});

test("the credential is nowhere in a sandbox, nor is the key of what it trusts", async () => {
  const [head, tail] = [TOKEN.slice(0, 9), TOKEN.slice(9)];
  const look = (a: string, b: string) =>
    `a='${a}'; b='${b}'; grep -rls "$a$b" /work /home /tmp /.kin/trusted /.kin/bridge.cjs /etc /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null; env | grep -c "$a$b"; true`;
  await said("curl -sS https://registry.example.com/hello > hello.txt");
  expect(await said(look(head, tail))).toBe("0\nexit code 0");
  expect(await said(look(Buffer.from(TOKEN).toString("base64").slice(0, 8), ""))).toMatch(/exit code 0$/);
  expect(await said("grep -c 'PRIVATE KEY' $SSL_CERT_FILE; ls /.kin /.kin/trusted")).toBe(
    "0\n/.kin:\nbridge.cjs\nnode\nobjects\nproxy\ntrusted\n\n/.kin/trusted:\ncertificates.jks\ncertificates.pem\nexit code 0",
  );
  expect(await said("grep -c ' /.kin/trusted ro,' /proc/self/mountinfo")).toBe("1\nexit code 0");
  // The search finds it when it is there.
  expect(await said(`echo ${TOKEN} > /tmp/there; ${look(head, tail)}`)).toMatch(/^\/tmp\/there\n/);
});
