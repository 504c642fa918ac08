// Walks through the words of a search on a page: previous and next, with the number of the one in view.
// Without this script the bar links to the first of them.

const bar = document.querySelector('[data-behaviour~="highlight"]');
const count = Number(bar?.dataset.count ?? 0);

if (count > 0) {
  let number = 0;
  const place = bar.querySelector(".highlight-bar__place");
  const go = (step) => {
    document.getElementById(`treffer-${number}`)?.classList.remove("is-current");
    number = ((number - 1 + step + count) % count) + 1;
    if (number < 1) number = 1;
    const mark = document.getElementById(`treffer-${number}`);
    mark.classList.add("is-current");
    mark.scrollIntoView({ block: "center" });
    place.textContent = `Treffer ${number} van ${count}`;
  };
  for (const [label, step] of [["Vorige", -1], ["Volgende", 1]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = label;
    button.addEventListener("click", () => go(number === 0 && step < 0 ? 0 : step));
    bar.append(button);
  }
}
