// Adds a button that copies the reference of a ruling. Without script the text can still be selected.
for (const place of document.querySelectorAll('[data-behaviour="copy"]')) {
  const text = place.textContent.trim();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = "Kopieer";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Gekopieerd";
  });
  place.append(" ", button);
}
