// The advice form: shows the sector only when it is asked, narrows the themes while typing, and saves with Ctrl+Enter.
// Without this script the form works the same: the sector is always shown and its rule is explained on refusal.

const FORM = '[data-behaviour~="advice-form"]';

function followCategory(form) {
  const category = form.querySelector('[name="caller_category"]');
  const sector = form.querySelector('[name="caller_sector"]');
  if (!category || !sector) return;
  const block = sector.closest("[data-field], .field") ?? sector.parentElement;
  const asked = new Set(form.dataset.withSector.split(" "));
  const follow = () => {
    const isAsked = category.value === "" || asked.has(category.value);
    block.hidden = !isAsked && block.querySelector(".error, [aria-invalid]") === null;
    if (!isAsked && block.hidden) sector.value = "";
  };
  category.addEventListener("change", follow);
  follow();
}

function narrowThemes(form) {
  const themes = form.querySelector(".advice-form__themes");
  if (!themes) return;
  const label = document.createElement("label");
  label.textContent = "Zoek een thema";
  label.htmlFor = "theme-search";
  const input = document.createElement("input");
  input.type = "search";
  input.id = "theme-search";
  input.autocomplete = "off";
  themes.querySelector("details").before(label, input);
  const wereOpen = new Map([...themes.querySelectorAll("details")].map((group) => [group, group.open]));
  input.addEventListener("input", () => {
    const wanted = plain(input.value);
    for (const [group, wasOpen] of wereOpen) {
      const found = showMatching(group, wanted);
      group.hidden = wanted !== "" && found === 0;
      group.open = wanted === "" ? wasOpen || group.querySelector(":checked") !== null : found > 0;
    }
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault();
  });
}

function showMatching(group, wanted) {
  let found = 0;
  for (const item of group.querySelectorAll("li")) {
    const matches = plain(item.textContent).includes(wanted);
    item.hidden = !matches;
    found += matches ? 1 : 0;
  }
  return found;
}

function plain(text) {
  return text.trim().toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
}

function saveWithKeyboard(form) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector('[name="daarna"]'));
  });
}

for (const form of document.querySelectorAll(FORM)) {
  followCategory(form);
  narrowThemes(form);
  saveWithKeyboard(form);
}
