// A run parses few things of each kind: to write a parser for each takes longer than it saves. Schemas look here when
// they are made, so this is imported before them.
import * as z from "zod";

z.config({ jitless: true });
