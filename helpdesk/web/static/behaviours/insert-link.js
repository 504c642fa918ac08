// A window that finds a theme, article, ruling, term or news item and inserts the link at the cursor: Ctrl+K, type,
// arrows, Enter. Without this script the page at `data-links-address` finds the same, to copy from.

const WAIT_MS = 250;

class LinkFinder {
  constructor(form) {
    this.area = form.querySelector("#body");
    this.address = form.dataset.linksAddress;
    this.dialog = document.createElement("dialog");
    this.dialog.className = "link-finder";
    this.dialog.setAttribute("aria-labelledby", "link-finder-title");
    this.dialog.innerHTML = `
      <h2 id="link-finder-title">Link invoegen</h2>
      <label for="link-finder-words">Thema, artikel, uitspraak, begrip of bericht</label>
      <input type="search" id="link-finder-words" autocomplete="off" role="combobox" aria-expanded="true"
             aria-controls="link-finder-list" aria-autocomplete="list">
      <p role="status" class="meta"></p>
      <ul id="link-finder-list" role="listbox" aria-label="Gevonden"></ul>
      <button type="button" class="secondary">Sluiten</button>`;
    this.words = this.dialog.querySelector("input");
    this.list = this.dialog.querySelector("ul");
    this.said = this.dialog.querySelector("[role=status]");
    this.words.addEventListener("input", () => this.soon());
    this.words.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("li")));
    this.dialog.querySelector("button").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.area.focus());
    document.body.append(this.dialog);
    this.area.addEventListener("keydown", (event) => {
      if (event.key !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.open();
    });
    const button = document.createElement("button");
    button.type = "button";
    button.className = "secondary";
    button.tabIndex = -1;
    button.textContent = "Link";
    button.setAttribute("aria-keyshortcuts", "Control+K");
    button.setAttribute("aria-haspopup", "dialog");
    button.addEventListener("click", () => this.open());
    requestAnimationFrame(() => form.querySelector(".toolbar")?.append(button)); // the bar is made by another script
  }

  open() {
    this.place = [this.area.selectionStart, this.area.selectionEnd];
    this.words.value = this.area.value.slice(...this.place).slice(0, 100);
    this.dialog.showModal();
    this.words.select();
    this.find();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.find(), WAIT_MS);
  }

  async find() {
    const asked = this.words.value.trim();
    let targets = [];
    try {
      const address = `${this.address}?${new URLSearchParams({ q: asked })}`;
      const answer = asked ? await fetch(address, { headers: { Accept: "application/json" } }) : null;
      targets = answer ? await answer.json() : [];
    } catch {
      this.said.textContent = "Zoeken lukt even niet.";
      return;
    }
    if (asked !== this.words.value.trim()) return;
    this.list.replaceChildren(...targets.map((target, place) => option(target, place)));
    this.said.textContent = asked ? `${targets.length || "Niets"} gevonden.` : "Typ een woord, een nummer of een artikel.";
    this.mark(0);
  }

  mark(place) {
    const items = [...this.list.children];
    this.marked = items.length ? (place + items.length) % items.length : 0;
    items.forEach((item, number) => item.setAttribute("aria-selected", String(number === this.marked)));
    const item = items[this.marked];
    this.words.setAttribute("aria-activedescendant", item?.id ?? "");
    item?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark(this.marked + step);
    else if (event.key === "Enter") this.choose(this.list.children[this.marked]);
    else return;
    event.preventDefault();
  }

  choose(item) {
    if (!item) return;
    const words = this.area.value.slice(...this.place);
    const link = words && item.dataset.markdown.startsWith("[") ? item.dataset.markdown.replace(/^\[[^\]]*\]/, () => `[${words}]`) : item.dataset.markdown;
    this.dialog.close();
    this.area.focus();
    this.area.setSelectionRange(...this.place);
    if (!document.execCommand("insertText", false, link)) this.area.setRangeText(link, ...this.place, "end"); // keeps Ctrl+Z
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function option(target, place) {
  const item = document.createElement("li");
  item.id = `link-finder-${place}`;
  item.setAttribute("role", "option");
  item.dataset.markdown = target.markdown;
  item.textContent = `${target.title} (${target.kind})`;
  return item;
}

for (const form of document.querySelectorAll('[data-behaviour~="insert-link"]')) new LinkFinder(form);
