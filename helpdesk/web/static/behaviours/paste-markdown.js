// What is pasted from Word or a web page becomes plain Markdown: headings, lists, bold, italics, links, tables.
// Without this script a browser pastes the bare words, which is safe too.

const SKIPPED = new Set(["STYLE", "SCRIPT", "META", "LINK", "TITLE", "HEAD", "O:P", "XML", "IMG", "SVG", "TEMPLATE"]);
const BLOCKS = new Set(["P", "DIV", "SECTION", "ARTICLE", "BLOCKQUOTE", "UL", "OL", "LI", "TABLE", "H1", "H2", "H3", "H4", "H5", "H6", "PRE", "BODY"]);

function inline(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/[\s\u00a0]+/g, " ").replace(/([*_\\`[\]])/g, "\\$1");
  if (node.nodeType !== Node.ELEMENT_NODE || SKIPPED.has(node.tagName)) return "";
  if (node.tagName === "BR") return "\n";
  if (/mso-list:\s*ignore/i.test(node.getAttribute("data-style") ?? "")) return ""; // the bullet that Word draws itself
  const words = [...node.childNodes].map(inline).join("");
  const style = node.getAttribute("data-style") ?? "";
  if (node.tagName === "A") return linked(node, words);
  if (/^(B|STRONG)$/.test(node.tagName) && !/font-weight:\s*normal/i.test(style)) return marked(words, "**");
  if (/^(I|EM)$/.test(node.tagName) && !/font-style:\s*normal/i.test(style)) return marked(words, "*");
  if (node.tagName === "SPAN" && /font-weight:\s*(bold|[6-9]00)/i.test(style)) return marked(words, "**");
  return words;
}

function marked(words, sign) {
  const [, before, kept, after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(words);
  return kept ? `${before}${sign}${kept}${sign}${after}` : words;
}

function linked(node, words) {
  const address = node.getAttribute("href") ?? "";
  return /^(https?:|mailto:)/i.test(address) && words.trim() ? `[${words.trim()}](${address.replace(/[()\s]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)})` : words;
}

function line(node) {
  return inline(node).replace(/ *\n */g, "\n").trim();
}

function wordList(node) {
  const style = node.getAttribute("data-style") ?? "";
  const level = /mso-list:\s*\S+\s+level(\d)/i.exec(style);
  if (!level && !/MsoListParagraph/i.test(node.className)) return null;
  const drawn = [...node.querySelectorAll("*")].find((one) => /mso-list:\s*ignore/i.test(one.getAttribute("data-style") ?? ""));
  const isNumbered = /^\s*[0-9a-z]{1,3}[.)]/i.test(drawn?.textContent ?? "");
  return { indent: "    ".repeat(Number(level?.[1] ?? 1) - 1), sign: isNumbered ? "1. " : "- " };
}

function items(list, indent) {
  const sign = list.tagName === "OL" ? "1. " : "- ";
  return [...list.children].flatMap((item) => {
    if (/^(UL|OL)$/.test(item.tagName)) return items(item, `${indent}    `);
    const nested = [...item.children].filter((one) => /^(UL|OL)$/.test(one.tagName));
    const own = item.cloneNode(true);
    own.querySelectorAll("ul, ol").forEach((one) => one.remove());
    const words = line(own).replace(/\n+/g, " ");
    return [...(words ? [indent + sign + words] : []), ...nested.flatMap((one) => items(one, `${indent}    `))];
  });
}

function table(node) {
  const rows = [...node.rows].map((row) => [...row.cells].map((cell) => line(cell).replace(/\s*\n\s*/g, " ").replaceAll("|", "\\|")));
  const width = Math.max(...rows.map((row) => row.length), 0);
  const drawn = rows.map((row) => `| ${Array.from({ length: width }, (_, place) => row[place] ?? "").join(" | ")} |`);
  return width ? [drawn[0], `|${" --- |".repeat(width)}`, ...drawn.slice(1)].join("\n") : "";
}

function blocks(node) {
  const found = [];
  let loose = [];
  const flush = () => {
    const words = loose.map(inline).join("").replace(/ *\n */g, "\n").trim();
    if (words) found.push({ text: words });
    loose = [];
  };
  for (const child of node.childNodes) {
    if (child.nodeType !== Node.ELEMENT_NODE || !BLOCKS.has(child.tagName)) {
      if (child.nodeType === Node.ELEMENT_NODE && child.querySelector("p, div, ul, ol, table, h1, h2, h3")) {
        flush();
        found.push(...blocks(child));
      } else loose.push(child);
      continue;
    }
    flush();
    found.push(...block(child));
  }
  flush();
  return found;
}

function block(node) {
  const heading = /^H([1-6])$/.exec(node.tagName);
  if (heading) return line(node) ? [{ text: `${"#".repeat(Math.min(4, Math.max(2, Number(heading[1]))))} ${line(node).replace(/\n/g, " ").replaceAll("**", "")}` }] : [];
  if (/^(UL|OL)$/.test(node.tagName)) return [{ text: items(node, "").join("\n") }];
  if (node.tagName === "TABLE") return [{ text: table(node) }];
  const list = wordList(node);
  if (list) return line(node) ? [{ text: list.indent + list.sign + line(node).replace(/\n/g, " "), isItem: true }] : [];
  if (node.tagName === "BLOCKQUOTE") return blocks(node).map((one) => ({ text: one.text.replace(/^/gm, "> ") }));
  return node.querySelector("p, div, ul, ol, table, h1, h2, h3, blockquote") ? blocks(node) : line(node) ? [{ text: line(node) }] : [];
}

export function toMarkdown(html) {
  const inert = html.replace(/(<[^>]*?\s)style\s*=/gi, "$1data-style="); // the content policy complains of each style
  const body = new DOMParser().parseFromString(inert, "text/html").body;
  let text = "";
  let before;
  for (const one of blocks(body).filter((made) => made.text)) {
    text += `${before ? (before.isItem && one.isItem ? "\n" : "\n\n") : ""}${one.text}`;
    before = one;
  }
  return text;
}

for (const form of document.querySelectorAll('[data-behaviour~="paste-markdown"]')) {
  const area = form.querySelector("#body");
  area.addEventListener("paste", (event) => {
    const html = event.clipboardData?.getData("text/html");
    const plain = event.clipboardData?.getData("text/plain") ?? "";
    if (!html || !/<(p|div|h[1-6]|li|table|b|strong|i|em|a)\b/i.test(html)) return;
    const markdown = toMarkdown(html);
    if (!markdown || markdown.replaceAll("\\", "") === plain.trim()) return;
    event.preventDefault();
    if (!document.execCommand("insertText", false, markdown)) area.setRangeText(markdown, area.selectionStart, area.selectionEnd, "end"); // keeps Ctrl+Z
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
