"use strict";
// Comfort only: every page works without this.

// A form that was sent is not sent twice by a second press.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", () => {
    setTimeout(() => { for (const button of form.querySelectorAll("button")) { button.disabled = true; } });
  });
}

// Progress of a round as it comes; at its end the page is loaded again.
const progress = document.getElementById("progress");
if (progress && progress.dataset.events) {
  const events = new EventSource(progress.dataset.events);
  events.addEventListener("progress", (event) => {
    const cut = event.data.indexOf("|");
    const bar = progress.querySelector("progress");
    const text = progress.querySelector(".lead");
    if (text) { text.textContent = event.data.slice(cut + 1); }
    if (bar && cut > 0) { bar.max = 100; bar.value = Number(event.data.slice(0, cut)); }
    if (bar && cut === 0) { bar.removeAttribute("value"); }
  });
  events.addEventListener("done", () => { events.close(); location.reload(); });
}

// While the first round is waited for, the page is loaded again, unless somebody has begun to choose.
const again = document.querySelector("[data-again]");
if (again) {
  setTimeout(() => {
    if (!document.querySelector("input:checked:not([checked])")) { location.reload(); }
  }, Number(again.dataset.again) * 1000);
}
