// The advice form: understands typed codes, shows the sector only when it is asked, counts the minutes, and saves with
// Ctrl+Enter. Without this script the server understands the codes, and the sector and the minutes are typed.

const FORM = '[data-behaviour~="advice-form"]';
const MOST_NUMBERED = 12;

const fold = (text) => text.trim().toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
const words = (text) => text.match(/[\p{L}\p{N}_]+/gu) ?? [];

/** Return the options a typed text can mean, as helpdesk/advice/rules.py does. */
export function matching(typed, options) {
  const wanted = fold(typed);
  if (words(wanted).length === 0) return [];
  if (/^\d+$/.test(wanted) && options.length <= MOST_NUMBERED) return options.slice(Number(wanted) - 1, Number(wanted)).slice(0, 1);
  const tests = [
    (option) => [fold(option.dataset.code), fold(option.value)].includes(wanted),
    (option) => fold(option.value).startsWith(wanted),
    (option) => words(wanted).every((part) => words(fold(option.value)).some((word) => word.startsWith(part))),
  ];
  for (const test of tests) {
    const found = options.filter(test);
    if (found.length > 0) return found;
  }
  return [];
}

function codeOf(input) {
  const found = matching(input.value, [...input.list.options]);
  return found.length === 1 ? found[0].dataset.code : input.value;
}

function understandCodes(form) {
  for (const input of form.querySelectorAll("input[list]")) {
    input.addEventListener("change", () => {
      const found = matching(input.value, [...input.list.options]);
      if (found.length === 1) input.value = found[0].value;
      input.dispatchEvent(new Event("coded", { bubbles: true }));
    });
    input.addEventListener("focus", () => input.select());
  }
}

function followCategory(form) {
  const category = form.querySelector('[name="caller_category"]');
  const sector = form.querySelector('[name="caller_sector"]');
  if (!category || !sector || form.dataset.withSector === undefined) return;
  const block = sector.closest(".field");
  const asked = new Set(form.dataset.withSector.split(" "));
  const follow = () => {
    const isAsked = category.value === "" || asked.has(codeOf(category));
    block.hidden = !isAsked && block.querySelector(".error, [aria-invalid]") === null;
    if (!isAsked && block.hidden) sector.value = "";
  };
  category.addEventListener("coded", follow);
  follow();
}

function showWhenAsked(form) {
  for (const block of form.querySelectorAll("[data-shown-for]")) {
    const asking = form.querySelector(`[name="${block.dataset.shownFor}"]`);
    const input = block.querySelector("input");
    const follow = () => {
      const isAsked = codeOf(asking) === block.dataset.shownIf;
      block.hidden = !isAsked && block.querySelector(".error") === null;
      if (block.hidden) input.value = "";
    };
    asking.addEventListener("coded", follow);
    follow();
  }
}

function countMinutes(form) {
  const minutes = form.querySelector('[name="time_spent_minutes"]');
  const seconds = form.querySelector('[name="timer_seconds"]');
  if (!minutes || !seconds || (minutes.value !== "" && seconds.value === "")) return; // typed by hand
  const before = Number(seconds.value) || 0;
  const opened = Date.now();
  let ticking;
  const tick = () => {
    const open = before + (Date.now() - opened) / 1_000;
    seconds.value = String(Math.round(open));
    minutes.value = String(Math.min(480, Math.max(1, Math.ceil(open / 60))));
  };
  minutes.addEventListener("input", () => {
    clearInterval(ticking);
    seconds.value = "";
  });
  form.addEventListener("submit", () => clearInterval(ticking));
  ticking = setInterval(tick, 5_000);
  tick();
}

function saveWithKeyboard(form) {
  form.addEventListener("keydown", (event) => {
    const isSave = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (event.key === "Enter" && event.target.matches("input[list]")) event.preventDefault(); // a code, not the end
    if (!isSave) return;
    event.preventDefault();
    document.activeElement?.dispatchEvent(new Event("change", { bubbles: true }));
    form.requestSubmit(form.querySelector('[name="daarna"]'));
  });
}

function fillIn(form) {
  const buttons = [...form.querySelectorAll("[data-fill]")];
  const fill = (button) => {
    for (const [name, words] of Object.entries(JSON.parse(button.dataset.fill))) {
      const input = form.querySelector(`[name="${name}"]`);
      input.value = words;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      fill(button);
    });
  }
  form.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const digit = event.shiftKey && event.code.startsWith("Digit") ? `Alt+Shift+${event.code.slice(5)}` : "";
    const wanted = digit || `Alt+${event.key.toUpperCase()}`;
    const button = buttons.find((one) => one.getAttribute("aria-keyshortcuts") === wanted);
    if (!button) return;
    event.preventDefault();
    fill(button);
  });
}

for (const form of document.querySelectorAll(FORM)) {
  fillIn(form);
  understandCodes(form);
  followCategory(form);
  showWhenAsked(form);
  countMinutes(form);
  saveWithKeyboard(form);
}
