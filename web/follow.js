// Keeps an open page up to date in place: while somebody looks at it, requests it again and changes what differs.
// Whatever a reader opened, selected, scrolled to or is typing stays. Without this script it is a plain page.
import { Idiomorph } from "./idiomorph.js";

let tag;
let timer;

const seconds = () => Number(document.body.dataset.follow ?? 0);

const look = async () => {
  clearTimeout(timer);
  if (document.hidden || seconds() === 0) return;
  try {
    await refresh();
    delete document.body.dataset.away;
  } catch {
    document.body.dataset.away = "";
  }
  again();
};

const again = () => {
  clearTimeout(timer);
  if (seconds() > 0) timer = setTimeout(look, seconds() * 1000);
};

const refresh = async () => {
  const headers = tag === undefined ? {} : { "if-none-match": tag };
  const answer = await fetch(location.href, { headers, cache: "no-store" });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`${answer.status}`);
  tag = answer.headers.get("etag") ?? undefined;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = next.title;
  for (const sheet of next.querySelectorAll("link[rel=stylesheet]"))
    if (!document.querySelector(`link[href="${CSS.escape(sheet.getAttribute("href"))}"]`))
      document.head.append(document.importNode(sheet));
  Idiomorph.morph(document.body, next.body, {
    callbacks: {
      beforeNodeMorphed: node => !(node instanceof HTMLFormElement && isInUse(node)),
      beforeAttributeUpdated: (name, node) => !(name === "open" && node instanceof HTMLDetailsElement),
    },
  });
  tellTimes();
};

const touched = new WeakSet();
document.addEventListener("input", ({ target }) => target.form && touched.add(target.form));

/** Somebody is typing there, or has typed, or the browser restored what was typed before. */
const isInUse = form =>
  form.contains(document.activeElement) ||
  touched.has(form) ||
  [...form.elements].some(field => field.defaultValue !== undefined && field.value !== field.defaultValue);

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

/** In the reader's own time zone. */
const tellTimes = () => {
  for (const time of document.querySelectorAll("time[datetime]"))
    time.title = clock.format(new Date(time.dateTime));
};

tellTimes();
again();
document.addEventListener("visibilitychange", look);
