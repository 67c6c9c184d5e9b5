import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createNodeMiddleware, Probot } from "probot";
import { expect, test } from "vitest";
import { hello, openSite, SECRET } from "../src/site.ts";

test("a Probot App hears a label and answers as its bot", async () => {
  const site = await openSite();
  const probot = new Probot({
    appId: site.app.appId,
    privateKey: site.app.privateKey,
    secret: SECRET,
    baseUrl: site.github.apiUrl,
    logLevel: "fatal",
  });
  const middleware = await createNodeMiddleware(
    app => {
      app.on("issues.labeled", async context => {
        await context.octokit.rest.issues.createComment(
          context.issue({ body: `saw ${context.payload.label?.name}` }),
        );
      });
    },
    { probot, webhooksPath: "/hooks" },
  );
  const server = createServer((request, response) => void middleware(request, response));
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
    site.github.setWebhook({ slug: "helper", url });
    const { data: issue } = await site.octocat.rest.issues.create({
      ...hello,
      title: "T",
      labels: ["helper"],
    });
    await site.github.idle();
    const { data } = await site.octocat.rest.issues.listComments({ ...hello, issue_number: issue.number });
    expect(data.map(one => [one.user?.login, one.body])).toEqual([["helper[bot]", "saw helper"]]);
    expect(site.github.deliveries.every(one => one.statusCode === 200)).toBe(true);
  } finally {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    await site.close();
  }
});
