// A box above a list of themes to tick that narrows it while typing. Without this script one opens the groups by hand.

function narrow(themes) {
  const label = document.createElement("label");
  label.textContent = "Zoek een thema";
  label.htmlFor = `${themes.id}-search`;
  const input = document.createElement("input");
  input.type = "search";
  input.id = `${themes.id}-search`;
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

for (const themes of document.querySelectorAll('[data-behaviour~="theme-boxes"]')) narrow(themes);
