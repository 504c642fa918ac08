// Shows the explanation of a term when its link has the focus or the pointer, until Escape or until both have left.
// The words are already on the page for readers of a screen (aria-describedby); without script the link leads to them.

const terms = document.querySelectorAll("a.term[aria-describedby]");

if (terms.length > 0) {
  const bubble = document.createElement("div");
  let leaving = 0;
  bubble.className = "explanation";
  bubble.hidden = true;
  bubble.setAttribute("aria-hidden", "true"); // a screen reader has just read the same words with the link
  document.body.append(bubble);

  const hide = () => {
    bubble.hidden = true;
  };
  const leave = () => {
    leaving = window.setTimeout(hide, 200);
  };
  const stay = () => window.clearTimeout(leaving);
  const show = (link) => {
    const words = document.getElementById(link.getAttribute("aria-describedby"))?.textContent;
    if (!words) return;
    stay();
    bubble.textContent = words;
    bubble.hidden = false;
    const place = link.getBoundingClientRect();
    const room = document.documentElement.clientWidth - bubble.offsetWidth - 8;
    bubble.style.left = `${Math.max(8, Math.min(place.left, room)) + window.scrollX}px`;
    bubble.style.top = `${place.bottom + window.scrollY + 4}px`;
  };

  for (const link of terms) {
    link.addEventListener("focus", () => show(link));
    link.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show(link));
    link.addEventListener("blur", hide);
    link.addEventListener("pointerleave", leave);
  }
  bubble.addEventListener("pointerenter", stay);
  bubble.addEventListener("pointerleave", leave);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
}
