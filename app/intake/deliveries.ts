// GitHub's own list of what it sent to the App: newest first, page by page by the cursor it returns.
import type { Answer, OctokitLike } from "../github/octokit.ts";
import type { Delivery, Plane } from "../plane.ts";

/** 20,000 deliveries in a round: more losses than that are beyond what this can ask for. */
const MOST_PAGES = 200;

export const createDeliveries = (asApp: OctokitLike): Plane["deliveries"] => ({
  list: async since => {
    const found: Delivery[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const { data, headers } = await asApp.request("GET /app/hook/deliveries", {
        per_page: 100,
        ...(cursor === undefined ? {} : { cursor }),
      });
      found.push(...data.map(toDelivery));
      cursor = nextCursor(headers?.link);
      if (cursor === undefined || (found.at(-1)?.at ?? "") < since) break;
    }
    return found.filter(delivery => delivery.at >= since);
  },
  redeliver: async id => {
    await asApp.request("POST /app/hook/deliveries/{delivery_id}/attempts", { delivery_id: id });
  },
});

type Listed = Answer<"GET /app/hook/deliveries">[number];

const toDelivery = ({ id, guid, delivered_at, status_code }: Listed): Delivery => ({
  id: Number(id),
  guid,
  at: delivered_at,
  ok: status_code >= 200 && status_code < 300,
});

/** From a Link header: `<https://…?cursor=v1_12&per_page=100>; rel="next"`. */
const nextCursor = (link: string | undefined): string | undefined =>
  /[?&]cursor=([^&>]{1,1000})(?=[&>])[^>]{0,1000}>; ?rel="next"/.exec(link ?? "")?.[1];
