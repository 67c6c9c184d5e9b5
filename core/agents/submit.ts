// The one tool with which every role answers.

export const SUBMIT = {
  name: "submit",
  description:
    "Give your answer. Once, as the last call of your work. The role's Return Format says what `answer` holds.",
  input_schema: {
    type: "object",
    properties: { answer: { type: "object" } },
    required: ["answer"],
    additionalProperties: false,
  },
} as const;
