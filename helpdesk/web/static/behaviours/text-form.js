// The form of a text: keeps what is typed on the server beside the draft, tells who else has it open, and saves with
// Ctrl+S or Ctrl+Enter. Without this script the form is kept when it is saved. `data-keep-address` is where it goes.

const WAIT_MS = 2_000;
const AT_MOST_MS = 10_000;
const PRESENT_MS = 20_000;

// typed before this script came, or filled in again by the browser
const differs = (field) => field.value !== (field.defaultValue ?? field.value) || field.checked !== field.defaultChecked;
const isTypedInBefore = (form) => [...form.elements].some(differs);

class TextKeeper {
  constructor(form) {
    this.form = form;
    this.kept = isTypedInBefore(form) ? undefined : this.typed();
    this.state = form.querySelector("[data-kept]");
    this.present = document.querySelector("[data-present]");
    form.addEventListener("input", () => this.soon());
    form.addEventListener("change", () => this.soon());
    form.addEventListener("submit", () => (this.isSent = true));
    form.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("visibilitychange", () => document.hidden && this.last());
    window.addEventListener("pagehide", () => this.last());
    window.addEventListener("pageshow", () => (this.isSent = false));
    setInterval(() => document.hidden || this.keep(), PRESENT_MS);
    this.keep();
  }

  data() {
    const data = new FormData(this.form);
    if (this.typed() === this.kept) data.delete("body"); // nothing new: only tell that this form is open
    return data;
  }

  typed() {
    const data = new URLSearchParams(new FormData(this.form));
    data.delete("csrf_token");
    return data.toString();
  }

  key(event) {
    const isSave = (event.ctrlKey || event.metaKey) && (event.key === "s" || event.key === "Enter");
    if (!isSave) return;
    event.preventDefault();
    this.form.requestSubmit(this.form.querySelector('[name="knop"][value="bewaren"]'));
  }

  soon() {
    this.since ??= Date.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), Math.max(0, Math.min(WAIT_MS, AT_MOST_MS - (Date.now() - this.since))));
  }

  last() {
    if (this.isSent || this.isGone || this.typed() === this.kept) return;
    navigator.sendBeacon(this.form.dataset.keepAddress, this.data());
  }

  async keep() {
    if (this.isSent || this.isGone) return;
    if (this.isBusy) return this.soon();
    this.isBusy = true;
    this.since = undefined;
    const typed = this.typed();
    try {
      const answer = await fetch(this.form.dataset.keepAddress, { method: "POST", body: this.data() });
      if (answer.status === 410) return this.gone();
      if (!answer.ok) throw new Error(String(answer.status));
      const said = await answer.json();
      if (typed !== this.kept) this.say(`Wat je typte is bijgehouden om ${clock()}; nog niet bewaard.`);
      this.kept = typed;
      this.tell(said);
    } catch {
      if (!this.isSent) this.say("Wat je typte kon niet bijgehouden worden. Bewaar het, of kopieer je tekst.");
    } finally {
      this.isBusy = false;
    }
  }

  gone() {
    this.isGone = true;
    this.say("Dit ontwerp is intussen gepubliceerd of weggegooid. Bewaren maakt van jouw tekst een nieuw ontwerp.");
  }

  tell(said) {
    const names = said.others.join(", ");
    let sentence = names ? `Ook ${names} ${said.others.length === 1 ? "heeft" : "hebben"} deze tekst open.` : "";
    if (said.is_overtaken) sentence += " Een ander bewaarde dit ontwerp: als je bewaart, zie je beide teksten naast elkaar.";
    if (this.present.textContent.trim() !== sentence.trim()) this.present.textContent = sentence;
  }

  say(sentence) {
    this.state.textContent = sentence;
  }
}

function clock() {
  return new Date().toLocaleTimeString("nl-BE", { hour: "2-digit", minute: "2-digit" });
}

for (const form of document.querySelectorAll('[data-behaviour~="text-form"]')) new TextKeeper(form);
