// The advice form: shows the sector only when it is asked, and saves with Ctrl+Enter.
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

function saveWithKeyboard(form) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector('[name="daarna"]'));
  });
}

for (const form of document.querySelectorAll(FORM)) {
  followCategory(form);
  saveWithKeyboard(form);
}
