// The rules of the Messages API that go beyond the shape of a request, in its own words.
import { type Failure, invalid } from "./failure.ts";
import { type Block, blocksOf, type CountRequest } from "./request.ts";

type Message = CountRequest["messages"][number];

/** Throws a 400 for the first rule that is broken. */
export const validate = (request: CountRequest): void => {
  for (const check of [roles, tools, texts, endings, results, breakpoints]) {
    const failure = check(request);
    if (failure !== null) throw failure;
  }
};

const roles = ({ messages }: CountRequest): Failure | null => {
  const unknown = messages.find(({ role }) => role !== "user" && role !== "assistant");
  if (unknown?.role === "system")
    return invalid(
      'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
    );
  if (unknown !== undefined)
    return invalid(
      `messages.${messages.indexOf(unknown)}.role: Input should be 'user' or 'assistant'; found ${JSON.stringify(unknown.role)}`,
    );
  return messages[0]?.role === "user" ? null : invalid('messages: first message must use the "user" role');
};

const tools = ({ tools = [], tool_choice }: CountRequest): Failure | null => {
  if (new Set(tools.map(tool => tool.name)).size !== tools.length)
    return invalid("tools: Tool names must be unique.");
  if (tool_choice !== undefined && tool_choice.type !== "auto" && tool_choice.type !== "none")
    return invalid(`tool_choice: forced tool use (\`${tool_choice.type}\`) is not supported for this model`);
  return null;
};

const texts = ({ system = [], messages }: CountRequest): Failure | null => {
  if (system.length > 0 && blocksOf(system).some(isBlank))
    return invalid("system: text content blocks must contain non-whitespace text");
  for (const [at, { content }] of messages.entries()) {
    for (const [i, block] of blocksOf(content).entries()) {
      if (isBlank(block))
        return invalid(
          block.text === ""
            ? "messages: text content blocks must be non-empty"
            : "messages: text content blocks must contain non-whitespace text",
        );
      if (block.type === "tool_result" && block.is_error === true && isEmpty(block.content))
        return invalid(
          `messages.${at}.content.${i}.tool_result: content cannot be empty if \`is_error\` is true`,
        );
      if (!KNOWN_BLOCKS.has(block.type))
        return invalid(
          `messages.${at}.content.${i}: Input tag '${block.type}' found using 'type' does not match any of the expected tags`,
        );
    }
  }
  return null;
};

const endings = ({ messages }: CountRequest): Failure | null => {
  for (const [at, { role, content }] of messages.entries()) {
    const last = blocksOf(content).at(-1);
    if (last === undefined)
      return invalid(
        `messages.${at}: all messages must have non-empty content except for the optional final assistant message`,
      );
    if (role === "assistant" && isThinking(last))
      return invalid(`messages.${at}: The final block in an assistant message cannot be \`thinking\`.`);
  }
  return null;
};

/** Consecutive messages of one role are one message to the API; a call's result must be in the very next one. */
const results = ({ messages }: CountRequest): Failure | null => {
  const seen = new Set<string>();
  for (const [at, message] of messages.entries()) {
    const used = idsOf(message, "tool_use", "id");
    const twice = used.find((id, i) => seen.has(id) || used.indexOf(id) !== i);
    if (twice !== undefined)
      return invalid(`messages.${at}: \`tool_use\` ids must be unique; found ${twice} again`);
    for (const id of used) seen.add(id);
    const failure = answers(messages, at, used) ?? orphans(messages, at);
    if (failure !== null) return failure;
  }
  return null;
};

const answers = (messages: readonly Message[], at: number, used: readonly string[]): Failure | null => {
  const next = messages[at + 1];
  const answered = next === undefined ? [] : idsOf(next, "tool_result", "tool_use_id");
  const open = used.filter(id => !answered.includes(id));
  if (open.length === 0) return null;
  return invalid(
    `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  );
};

const orphans = (messages: readonly Message[], at: number): Failure | null => {
  const message = messages[at];
  if (message === undefined) return null;
  const previous = at === 0 ? undefined : messages[at - 1];
  const used = previous === undefined ? [] : idsOf(previous, "tool_use", "id");
  const found = idsOf(message, "tool_result", "tool_use_id");
  const orphan = found.find(id => !used.includes(id));
  if (orphan !== undefined)
    return invalid(
      `messages.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${orphan}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
    );
  const twice = found.find((id, i) => found.indexOf(id) !== i);
  if (twice !== undefined)
    return invalid(
      `messages.${at}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${twice}`,
    );
  return null;
};

const breakpoints = ({ tools = [], system = [], messages }: CountRequest): Failure | null => {
  const blocks = messages.flatMap(({ content }) => blocksOf(content));
  const thinking = blocks.find(block => isThinking(block) && block.cache_control);
  if (thinking !== undefined)
    return invalid(`messages: ${thinking.type}.cache_control: Extra inputs are not permitted`);
  const marked = [...tools, ...blocksOf(system), ...blocks].flatMap(
    ({ cache_control }) => cache_control ?? [],
  );
  if (marked.length > 4)
    return invalid(`A maximum of 4 blocks with cache_control may be provided. Found ${marked.length}.`);
  const firstShort = marked.findIndex(({ ttl }) => ttl !== "1h");
  if (firstShort !== -1 && marked.slice(firstShort).some(({ ttl }) => ttl === "1h"))
    return invalid(
      "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block, in the order `tools`, `system`, `messages`",
    );
  return null;
};

const idsOf = ({ content }: Message, type: string, key: string): string[] =>
  blocksOf(content).flatMap(block => (block.type === type ? [String(block[key])] : []));
const isThinking = ({ type }: Block): boolean => type === "thinking" || type === "redacted_thinking";
const isBlank = (block: Block): boolean => block.type === "text" && String(block.text).trim() === "";
const isEmpty = (content: unknown): boolean =>
  content === undefined || content === "" || (Array.isArray(content) && content.length === 0);

const KNOWN_BLOCKS = new Set(
  "text image document search_result thinking redacted_thinking tool_use tool_result server_tool_use web_search_tool_result web_fetch_tool_result code_execution_tool_result container_upload".split(
    " ",
  ),
);
