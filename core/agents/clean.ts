// TEMPORARY stand-in so that others can build: overwrite this file with the real one.
export const clean = (text: string, options: { limit?: number } = {}) => ({ text: text.slice(0, options.limit ?? 65_536), hidden: 0, cut: false });
export const fence = (label: string, text: string, delimiter: string): string => `<${label} ${delimiter}>\n${text}\n</${label} ${delimiter}>`;
