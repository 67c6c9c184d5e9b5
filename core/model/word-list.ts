// Tables of names, written as they read: words with blanks and line breaks between them.

export const wordList = (text: string): readonly string[] => text.trim().split(/\s+/);
