// Beside the form while typing: what may point at a person, themes, pages, rulings and own advice; each has a key.
// Without this script the buttons send the form, which comes back with the thing filled in.

const WAIT_MS = 400;

class Assistant {
  constructor(aside) {
    this.aside = aside;
    this.form = document.getElementById("advies");
    this.answer = this.form.querySelector('[name="answer"]');
    this.seen = new Set();
    this.number = 0;
    this.asked = this.typed("defaultValue"); // as the server sent it
    this.soon(); // what was typed before this script came
    this.remember();
    for (const event of ["input", "coded"]) this.form.addEventListener(event, () => this.soon());
    aside.addEventListener("click", (event) => this.press(event));
    document.addEventListener("keydown", (event) => this.key(event));
  }

  field(name) {
    return this.form.querySelector(`[name="${name}"]`);
  }

  typed(property = "value") {
    return ["question", "main_theme", "answer"].map((name) => this.field(name)[property]).join("\n");
  }

  remember() {
    for (const one of this.aside.querySelectorAll('[data-source^="advies/"]')) this.seen.add(one.dataset.source.slice(7));
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), WAIT_MS);
  }

  async look(isAsked = false) {
    if (!isAsked && this.typed() === this.asked) return;
    this.asked = this.typed();
    const number = ++this.number;
    const body = new FormData(this.form);
    body.set("gezien", [...this.seen].join(","));
    try {
      const answer = await fetch(this.aside.dataset.address, { method: "POST", body });
      if (!answer.ok || number !== this.number) return;
      const found = await answer.text();
      const held = this.aside.contains(document.activeElement) ? document.activeElement.value : undefined;
      this.aside.innerHTML = found;
      this.remember();
      if (held) [...this.aside.querySelectorAll("button, input")].find((one) => one.value === held)?.focus();
    } catch {
      // the server is away: the part that keeps drafts says so
    }
  }

  press(event) {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    this.act(button);
  }

  key(event) {
    if (!event.altKey || event.shiftKey || event.ctrlKey || event.metaKey || !event.code.startsWith("Digit")) return;
    const button = this.aside.querySelector(`[aria-keyshortcuts="Alt+${event.code.slice(5)}"]`);
    if (!button) return;
    event.preventDefault();
    this.act(button);
  }

  act(button) {
    const { theme, source, replace } = button.dataset;
    if (theme !== undefined) this.takeTheme(theme, button.dataset.title);
    else if (source !== undefined) this.attach(source, button.dataset.title, button.dataset.sentence);
    else if (replace !== undefined) this.replace(button.dataset.field, replace, button.dataset.with);
    this.look(true);
  }

  takeTheme(id, title) {
    const main = this.field("main_theme");
    const box = document.getElementById(`other_themes-${id}`);
    if (main.value === "") main.value = title;
    else if (box) box.checked = true;
    main.dispatchEvent(new Event("change", { bubbles: true }));
  }

  attach(id, title, sentence) {
    const box = document.createElement("input");
    box.type = "hidden";
    box.name = "sources";
    box.value = id;
    this.aside.append(box);
    box.setAttribute("form", "advies");
    const area = this.answer;
    const at = document.activeElement === area || area.selectionStart > 0 ? area.selectionStart : area.value.length;
    const before = area.value.slice(0, at);
    const blank = before === "" || /\s$/.test(before) ? "" : " ";
    area.setRangeText(blank + sentence, at, area.selectionEnd > at ? area.selectionEnd : at, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  replace(name, words, role) {
    const area = this.field(name);
    area.value = area.value.replaceAll(words, role);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

for (const aside of document.querySelectorAll('[data-behaviour~="advice-assist"]')) new Assistant(aside);
