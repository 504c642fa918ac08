// Buttons above the text that write Markdown, also with Ctrl+B and Ctrl+I. One tab stop: the arrows move between buttons.
// Without this script one types the signs, as docs/content.md explains.

const BUTTONS = [
  { label: "Vet", key: "b", around: ["**", "**"] },
  { label: "Cursief", key: "i", around: ["*", "*"] },
  { label: "Titel", line: "## " },
  { label: "Tussentitel", line: "### " },
  { label: "Opsomming", line: "- " },
  { label: "Nummers", line: "1. " },
  { label: "Citaat", line: "> " },
  { label: "Waarschuwing", block: '!!! opgelet "Opgelet"\n    ' },
];

function replace(area, start, end, text, from, to) {
  area.focus();
  area.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, text)) area.setRangeText(text, start, end, "end"); // keeps Ctrl+Z
  area.setSelectionRange(from, to);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function around(area, [before, after]) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const words = value.slice(start, end);
  replace(area, start, end, before + words + after, start + before.length, start + before.length + words.length);
}

function atLines(area, sign) {
  const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const found = area.value.indexOf("\n", area.selectionEnd);
  const end = found < 0 ? area.value.length : found;
  const lines = area.value.slice(start, end).split("\n");
  const isOn = lines.every((line) => line.startsWith(sign));
  const changed = lines.map((line) => (isOn ? line.slice(sign.length) : sign + line)).join("\n");
  replace(area, start, end, changed, start + changed.length, start + changed.length);
}

function asBlock(area, opening) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const lead = start === 0 || value.slice(0, start).endsWith("\n\n") ? "" : "\n\n";
  const words = value.slice(start, end).split("\n").join("\n    ");
  const text = `${lead}${opening}${words}`;
  replace(area, start, end, text, start + text.length, start + text.length);
}

function press(area, button) {
  if (button.around) around(area, button.around);
  else if (button.line) atLines(area, button.line);
  else asBlock(area, button.block);
}

function move(bar, event) {
  const buttons = [...bar.querySelectorAll("button")];
  const here = buttons.indexOf(document.activeElement);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const place = event.key === "Home" ? 0 : event.key === "End" ? buttons.length - 1 : here + (step ?? Number.NaN);
  if (here < 0 || Number.isNaN(place)) return;
  event.preventDefault();
  for (const button of buttons) button.tabIndex = -1;
  const next = buttons.at(place % buttons.length);
  next.tabIndex = 0;
  next.focus();
}

for (const form of document.querySelectorAll('[data-behaviour~="markdown-toolbar"]')) {
  const area = form.querySelector("#body");
  const bar = document.createElement("div");
  bar.className = "toolbar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Opmaak van de tekst");
  bar.setAttribute("aria-controls", area.id);
  BUTTONS.forEach((button, place) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "secondary";
    made.textContent = button.label;
    if (button.key) made.setAttribute("aria-keyshortcuts", `Control+${button.key.toUpperCase()}`);
    made.tabIndex = place ? -1 : 0;
    made.addEventListener("click", () => press(area, button));
    bar.append(made);
  });
  bar.addEventListener("keydown", (event) => move(bar, event));
  area.addEventListener("keydown", (event) => {
    const button = BUTTONS.find((one) => one.key === event.key && (event.ctrlKey || event.metaKey) && !event.altKey);
    if (!button) return;
    event.preventDefault();
    press(area, button);
  });
  area.before(bar);
}
