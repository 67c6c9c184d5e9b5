// The store over a libSQL database. All SQL of the running system is in this folder; every value is passed as a
// parameter.

import { decisions } from "./decisions.ts";
import { facts } from "./facts.ts";
import { figures } from "./figures.ts";
import { jobs } from "./jobs.ts";
import { journals } from "./journals.ts";
import { leases } from "./leases.ts";
import { listing } from "./listing.ts";
import { messages } from "./messages.ts";
import { pipelines } from "./pipelines.ts";
import type { Store } from "./port.ts";
import { projects } from "./projects.ts";
import { returns } from "./returns.ts";
import type { Database } from "./sql.ts";
import { tasks } from "./tasks.ts";

export const createStore = (database: Database): Store => ({
  ...jobs(database),
  ...projects(database),
  ...tasks(database),
  ...facts(database),
  ...listing(database),
  ...pipelines(database),
  ...journals(database),
  ...leases(database),
  ...returns(database),
  ...messages(database),
  ...decisions(database),
  ...figures(database),
  query: sql => database.all(sql),
  close: database.close,
});
