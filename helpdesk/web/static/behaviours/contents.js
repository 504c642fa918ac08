// Marks in the contents list which section is being read. Without script the list is a list of links.

const list = document.querySelector('[data-behaviour~="contents"]');

if (list) {
  const links = new Map([...list.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const READING_LINE = 0.25; // of the height of the window, from above
  let waits = false;

  const mark = () => {
    waits = false;
    const line = window.innerHeight * READING_LINE;
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top <= line);
    const current = (passed.at(-1) ?? headings[0])?.id;
    for (const [id, link] of links) {
      if (id === current) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  const markSoon = () => {
    if (!waits) requestAnimationFrame(mark);
    waits = true;
  };

  addEventListener("scroll", markSoon, { passive: true });
  mark();
}
