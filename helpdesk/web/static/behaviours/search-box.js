// Suggestions while typing in the search box: themes, terms and rulings to go to, found by title or by everyday words.
// The box is a plain form without this script; the list comes from /zoeken/suggesties. The library for the list is only
// fetched by whoever touches a key, or comes to the box: who reads a page needs none of it.

const LIBRARY = "/static/vendor/accessible-autocomplete-3.0.1.min.js";
const WAIT_MS = 120;
const NEAR = ["pointerenter", "pointerdown", "focus", "input"];

const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

// the library also hands over the text that already stood in the box
const textOf = (found) => (typeof found === "string" ? found : (found?.text ?? ""));

function describe(found) {
  const kind = [found.kind, found.leads_to].filter(Boolean).join(": ");
  return `${escaped(textOf(found))} <span class="suggestion-kind">${escaped(kind)}</span>`;
}

function loadLibrary() {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = LIBRARY;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

function askServer() {
  let timer;
  let latest = 0;
  return (typed, show) => {
    clearTimeout(timer);
    const number = ++latest;
    timer = setTimeout(async () => {
      const answer = await fetch(`/zoeken/suggesties?q=${encodeURIComponent(typed)}`);
      if (answer.ok && number === latest) show(await answer.json());
    }, WAIT_MS);
  };
}

function enhance(input) {
  const form = input.form;
  const place = document.createElement("div");
  place.className = "search-box__suggest";
  const hadFocus = document.activeElement === input;
  const { id, name, value, maxLength, selectionStart, selectionEnd } = input;
  input.replaceWith(place);
  window.accessibleAutocomplete({
    element: place,
    id,
    name,
    defaultValue: value,
    source: askServer(),
    minLength: 2,
    autoselect: false,
    confirmOnBlur: false,
    showNoOptionsFound: false,
    displayMenu: "overlay",
    templates: {
      inputValue: textOf,
      suggestion: describe,
    },
    onConfirm: (chosen) => {
      if (chosen?.address) location.assign(chosen.address);
    },
    tAssistiveHint: () => "Kies een suggestie met de pijltjes, of druk op Enter om te zoeken.",
    tStatusQueryTooShort: () => "",
    tStatusNoResults: () => "Geen suggesties",
    tStatusSelectedOption: (chosen, length, index) => `${chosen}, ${index + 1} van ${length}`,
    tStatusResults: (length) => (length === 1 ? "1 suggestie" : `${length} suggesties`),
  });
  const fresh = place.querySelector("input");
  fresh.maxLength = maxLength;
  fresh.addEventListener("keydown", (event) => {
    // the library swallows Enter while its list is open; without a chosen suggestion Enter must search
    if (event.key !== "Enter" || place.querySelector('[aria-selected="true"]')) return;
    event.preventDefault(); // or the browser sends the form a second time
    form.requestSubmit();
  });
  if (!hadFocus) return;
  // the library selects all when it gets the focus: who is typing would write over the first letters
  fresh.setSelectionRange(selectionStart, selectionEnd);
  fresh.setSelectionRange = () => {};
  fresh.focus();
  setTimeout(() => {
    delete fresh.setSelectionRange;
    if (fresh.value !== input.defaultValue) fresh.dispatchEvent(new Event("input", { bubbles: true })); // typed meanwhile
  });
}

const box = document.querySelector('[data-behaviour~="search-box"]');
if (box) {
  const begin = () => {
    document.removeEventListener("keydown", begin);
    for (const kind of NEAR) box.removeEventListener(kind, begin);
    loadLibrary().then(() => enhance(box), () => {});
  };
  document.addEventListener("keydown", begin); // the first Tab: the list is there before the box is reached
  for (const kind of NEAR) box.addEventListener(kind, begin);
}
