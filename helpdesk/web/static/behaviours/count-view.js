// Tells that someone opened this page: its path, and on the results page the words and whether they found something.
// No cookie, no number of the visitor. A page that is loaded ahead counts when it is looked at, a failed one never.

const [navigation] = performance.getEntriesByType("navigation");
const succeeded = navigation?.responseStatus === undefined || navigation.responseStatus === 200;
// Only a page that exists carries its sealed path; a page for colleagues carries none.
const sealed = document.querySelector("meta[name=telling]")?.content;

const send = () => {
  const told = new URLSearchParams({ pad: sealed });
  const parameters = new URLSearchParams(location.search);
  const results = document.getElementById("aantal-resultaten");
  if (location.pathname === "/zoeken" && parameters.get("q") && !parameters.get("pagina") && results) {
    told.set("zoek", parameters.get("q"));
    told.set("gevonden", results.dataset.total === "0" ? "0" : "1");
  }
  navigator.sendBeacon("/telling", told);
};

const sendWhenSeen = () => {
  if (document.visibilityState === "visible") send();
  else document.addEventListener("visibilitychange", send, { once: true });
};

if (sealed && succeeded && !navigator.webdriver) {
  if (document.prerendering) document.addEventListener("prerenderingchange", sendWhenSeen, { once: true });
  else sendWhenSeen();
}
