// Tells that someone downloads a file: its address and nothing else, as for a page that is opened.
for (const link of document.querySelectorAll('a[data-behaviour~="count-download"]')) {
  link.addEventListener("click", () => {
    if (!navigator.webdriver) navigator.sendBeacon("/telling", new URLSearchParams({ pad: link.pathname }));
  });
}
