// A run parses few things of each kind, so generating a parser for each takes longer than it saves. Schemas read this
// setting when they are made, so this is imported before them.
import * as z from "zod";

z.config({ jitless: true });
