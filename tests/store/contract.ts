// The contract of the port `Store`, every method and every line, for any adapter. Each part is a file.
import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import type { Store } from "../../app/store/port.ts";
import type { Database } from "../../app/store/sql.ts";
import { appends } from "./contract-append.ts";
import { jobs } from "./contract-jobs.ts";
import { knowledge } from "./contract-knowledge.ts";
import { leases } from "./contract-leases.ts";
import { pipelines } from "./contract-pipelines.ts";
import { returns } from "./contract-returns.ts";
import { tasks } from "./contract-tasks.ts";
import { views } from "./contract-views.ts";
import { type Kind, openStore, place, removeTemporary, wipe } from "./kit.ts";

/** The store that is open while the tests run. */
export interface Under {
  readonly store: () => Store;
  readonly database: () => Database;
}

export const contract = (kind: Kind): void => {
  describe(`A store of the kind ${kind}`, () => {
    let store: Store;
    let database: Database;
    let remove = async () => {};
    beforeAll(async () => {
      const where = await place(kind);
      remove = where.remove;
      ({ store, database } = await openStore({ url: where.url }));
    });
    beforeEach(() => wipe(database));
    afterAll(async () => {
      store.close();
      await remove();
      removeTemporary();
    });
    const under: Under = { store: () => store, database: () => database };
    describe("jobs", () => jobs(under));
    describe("projects and tasks", () => tasks(under));
    describe("pipelines", () => pipelines(under));
    describe("append", () => appends(under));
    describe("leases", () => leases(under));
    describe("returns and messages", () => returns(under));
    describe("knowledge", () => knowledge(under));
    describe("views", () => views(under));
  });
};
