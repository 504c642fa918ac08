// Adds to the tools of a page what needs a script: print, copy its address, and copy the address of a heading.
// Without script the browser prints and copies by itself; the contents list holds the addresses of the headings.

const tools = document.querySelector('[data-behaviour~="page-tools"]');

const copies = (button, told, address) => {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(address);
    told.textContent = "Gekopieerd";
  });
};

function addTool(label, act) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = label;
  button.addEventListener("click", () => act(button));
  item.append(button);
  tools.append(item);
}

function addAnchor(heading) {
  const button = document.createElement("button");
  const name = document.createElement("span");
  const told = document.createElement("span");
  button.type = "button";
  button.className = "heading-link";
  name.className = "visually-hidden";
  name.textContent = `Kopieer link naar: ${heading.textContent.trim()}`;
  told.className = "heading-link__told";
  told.setAttribute("role", "status");
  button.append(name);
  copies(button, told, `${tools.dataset.address}#${heading.id}`);
  const row = document.createElement("div"); // beside the heading: inside it, its name would grow with the button
  row.className = "heading-row";
  heading.replaceWith(row);
  row.append(heading, button, told);
}

if (tools) {
  addTool("Afdrukken", () => window.print());
  if (navigator.clipboard) {
    const told = document.createElement("span");
    told.setAttribute("role", "status");
    addTool("Kopieer link", async () => {
      await navigator.clipboard.writeText(tools.dataset.address);
      told.textContent = "Gekopieerd";
    });
    tools.lastElementChild.append(" ", told);
    document.querySelectorAll(".text :is(h2, h3)[id]").forEach(addAnchor);
  }
}
