// Keeps what is typed in a form on the server, within two seconds of the last key and every few seconds while typing.
// Without this script the form keeps it when it is sent. `data-draft-address` is where it goes.

const WAIT_MS = 1_000;
const AT_MOST_MS = 3_000;
const RETRY_MS = 3_000;

// typed before this script came, or filled in again by the browser
const differs = (field) => field.value !== (field.defaultValue ?? field.value) || field.checked !== field.defaultChecked;
const isTypedInBefore = (form) => [...form.elements].some(differs);

class DraftKeeper {
  constructor(form) {
    this.form = form;
    this.said = form.querySelector("[data-draft-state]");
    this.isSent = false;
    this.isBusy = false;
    this.kept = isTypedInBefore(form) ? undefined : this.typed();
    if (this.kept === undefined) this.soon();
    form.addEventListener("input", () => this.soon());
    form.addEventListener("change", () => this.soon());
    form.addEventListener("submit", () => this.stop());
    window.addEventListener("pagehide", () => this.last());
    document.addEventListener("visibilitychange", () => document.hidden && this.last());
    window.addEventListener("focus", () => this.isSignedOut && this.again());
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  field(name) {
    return this.form.querySelector(`[name="${name}"]`);
  }

  typed() {
    const data = new URLSearchParams(new FormData(this.form));
    const own = ["csrf_token", "draft_revision", "draft_key", "timer_seconds", "time_spent_minutes"]; // not typed, or by the clock
    for (const name of own) data.delete(name);
    return data.toString();
  }

  soon() {
    if (this.isSent) return;
    this.since ??= Date.now();
    clearTimeout(this.timer);
    const left = Math.max(0, AT_MOST_MS - (Date.now() - this.since));
    this.timer = setTimeout(() => this.keep(), Math.min(WAIT_MS, left));
  }

  stop() {
    this.isSent = true;
    clearTimeout(this.timer);
    this.request?.abort();
  }

  last() {
    if (this.isSent || this.typed() === this.kept) return;
    navigator.sendBeacon(this.form.dataset.draftAddress, new FormData(this.form));
    this.kept = this.typed();
  }

  again() {
    this.kept = undefined;
    this.keep();
  }

  async keep() {
    if (this.isSent || this.typed() === this.kept) return;
    if (this.isBusy) return this.later();
    this.isBusy = true;
    this.since = undefined;
    const typed = this.typed();
    try {
      this.request = new AbortController();
      const answer = await fetch(this.form.dataset.draftAddress, {
        method: "POST",
        body: new FormData(this.form),
        headers: { Accept: "application/json" },
        signal: this.request.signal,
      });
      await this.take(answer, typed);
    } catch {
      if (!this.isSent) this.fail("Nog niet bewaard: de server antwoordt niet. We proberen het opnieuw.");
    } finally {
      this.isBusy = false;
    }
  }

  async take(answer, typed) {
    const isKept = answer.ok || answer.status === 401;
    if (!isKept) return this.fail("Nog niet bewaard. We proberen het opnieuw.");
    const kept = await answer.json();
    this.field("draft_key").value = kept.key;
    this.field("draft_revision").value = String(kept.revision);
    if (kept.csrf_token) this.field("csrf_token").value = kept.csrf_token; // signed in again in another tab
    this.isSignedOut = answer.status === 401;
    const address = new URL(location.href);
    address.search = new URLSearchParams({ ontwerp: kept.key });
    history.replaceState(history.state, "", address);
    if (kept.recorded !== null) return this.later();
    this.kept = typed;
    if (this.isSignedOut) return this.signedOut();
    const moment = new Date().toLocaleTimeString("nl-BE", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    this.say(`Ontwerp bewaard om ${moment}.`);
    if (this.typed() !== typed) this.soon();
  }

  async signedOut() {
    const link = document.createElement("a");
    link.href = `/aanmelden?verder=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = "Meld je opnieuw aan";
    this.said.replaceChildren("Je sessie is voorbij; het ontwerp is bewaard. ", link, " en je gaat hier verder.");
    if (this.typed() !== this.kept) this.soon();
  }

  fail(sentence) {
    this.say(sentence);
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), RETRY_MS);
  }

  say(sentence) {
    if (this.said.textContent !== sentence) this.said.textContent = sentence;
  }
}

for (const form of document.querySelectorAll('[data-behaviour~="advice-draft"]')) new DraftKeeper(form);
