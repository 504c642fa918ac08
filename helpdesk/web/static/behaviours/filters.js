// Lets filters and order of a result list ask at once, with a library that is only fetched by whoever comes near them.
// Without this script the button below the filters asks.

const form = document.querySelector('[data-behaviour~="filters"]');
const NEAR = ["pointerenter", "pointerdown", "focusin", "keydown"];
let loading;

async function fetchLibrary() {
  // begun between the text and the pictures of a page, the library would wait for a moment that has passed
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
  await new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = form.dataset.library;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

function load() {
  loading ??= fetchLibrary();
  return loading;
}

function repeat(event) {
  if (window.htmx) return;
  const { target } = event;
  load().then(() => target.dispatchEvent(new Event("change", { bubbles: true })), () => {});
}

if (form) {
  for (const kind of NEAR) form.addEventListener(kind, () => load().catch(() => {}), { once: true });
  form.addEventListener("change", repeat); // a filter that was quicker than the library
  addEventListener("popstate", (event) => {
    if (event.state?.htmx && !window.htmx) location.reload(); // back to a list that was filtered before this page was left
  });
}
