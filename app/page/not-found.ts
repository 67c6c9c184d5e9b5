// The page for what does not exist, with links to what does.
import { html } from "hono/html";
import { frame, type Html } from "./parts.ts";

const saying = (title: string, text: string): Html =>
  frame({
    title,
    here: "tasks",
    follow: null,
    body: html`<h1 class="unseen">${title}</h1>
<p class="box empty">${text} <a href="/">All tasks</a></p>`,
  });

export const noTaskPage = (): Html =>
  saying(
    "No such task",
    "There is no such task: its repository may have been deleted, or the store is another one.",
  );

export const nothingPage = (): Html => saying("Nothing here", "There is nothing at this address.");
