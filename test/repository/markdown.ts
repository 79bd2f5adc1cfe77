/** A block of code between fences. */
export interface CodeBlock {
  /** The text after the opening fence: `"ts"`. */
  readonly language: string;
  /** The line of the opening fence, counted from 1. */
  readonly line: number;
  readonly code: readonly string[];
}

/** Returns the code blocks of a page. */
export function codeBlocks(lines: readonly string[]): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, fence, language] = /^ *(`{3,}) *(.*)$/.exec(lines[at] ?? "") ?? [];
    if (fence === undefined || language === undefined) continue;
    const end = lines.findIndex((line, index) => index > at && line.trim() === fence);
    if (end === -1) throw new Error(`line ${at + 1}: this code block has no end`);
    blocks.push({ language, line: at + 1, code: lines.slice(at + 1, end) });
    at = end;
  }
  return blocks;
}

/** Returns the targets of the links and pictures of a page. */
export function linkTargets(lines: readonly string[]): string[] {
  const text = prose(lines)
    .join("\n")
    .replaceAll(/`[^`\n]*`/g, "");
  const links = text.matchAll(/\]\(([^()\s]+)[^()]*\)|^\[[^\]]+\]: *(\S+)/gm);
  return [...links].map(([, inline, reference]) => inline ?? reference ?? "");
}

/** Returns the anchors of a page: its headings, named as by GitHub, and the ids written by hand. */
export function anchors(lines: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const line of prose(lines)) {
    const heading = /^#{1,6} +(.*)$/.exec(line)?.[1];
    if (heading !== undefined) found.add(numbered(slug(heading), found));
    for (const [, id = ""] of line.matchAll(/<\w+ (?:id|name)="([^"]+)"/g)) found.add(id);
  }
  return found;
}

function prose(lines: readonly string[]): string[] {
  const blocks = codeBlocks(lines);
  const isCode = (line: number) =>
    blocks.some((block) => line >= block.line && line <= block.line + block.code.length + 1);
  return lines.filter((_, index) => !isCode(index + 1));
}

function slug(heading: string): string {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
  return text
    .replaceAll(/[^\p{L}\p{M}\p{N}_ -]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}

/** Returns the anchor of a heading. The second one of a name ends in `-1`. */
function numbered(name: string, taken: ReadonlySet<string>): string {
  let candidate = name;
  for (let count = 1; taken.has(candidate); count += 1) candidate = `${name}-${count}`;
  return candidate;
}
