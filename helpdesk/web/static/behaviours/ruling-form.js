// The form of a ruling: takes over the outcome the chain names with one press, and says at once that a file is too large.
// Without this script the button that shows how the chain is read chooses the outcome, and the server refuses the file.

const MOST_BYTES = 20_000_000;

for (const form of document.querySelectorAll('[data-behaviour~="ruling-form"]')) {
  const parsed = form.querySelector("#ontleding");
  const outcome = form.querySelector('[name="outcome"]');
  const offer = () => {
    const button = parsed.querySelector("[data-take-outcome]");
    if (button) button.hidden = button.dataset.takeOutcome === outcome.value;
  };
  parsed.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take-outcome]");
    if (!button) return;
    outcome.value = button.dataset.takeOutcome;
    offer();
    outcome.focus();
  });
  parsed.addEventListener("htmx:afterSwap", offer);
  outcome.addEventListener("change", offer);
  offer();

  const file = form.querySelector('[name="pdf"]');
  const said = document.createElement("p");
  said.className = "error";
  said.setAttribute("role", "alert");
  file.after(said);
  file.addEventListener("change", () => {
    const isTooLarge = file.files.length > 0 && file.files[0].size > MOST_BYTES;
    said.textContent = isTooLarge ? "Deze pdf is groter dan 20 MB. Kies een kleinere." : "";
    if (isTooLarge) file.value = "";
  });
}
