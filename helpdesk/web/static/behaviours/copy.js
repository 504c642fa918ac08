// Adds a button that copies a text. Without script the text can still be selected. `data-copies` names what is copied.
for (const place of document.querySelectorAll('[data-behaviour="copy"]')) {
  const text = place.textContent.trim();
  const button = document.createElement("button");
  const label = document.createElement("span");
  const what = document.createElement("span");
  button.type = "button";
  button.className = "quiet";
  label.textContent = "Kopieer";
  label.setAttribute("aria-live", "polite");
  what.className = "visually-hidden";
  what.textContent = ` ${place.dataset.copies ?? "deze tekst"}`;
  button.append(label, what);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    label.textContent = "Gekopieerd";
  });
  place.append(" ", button);
}
