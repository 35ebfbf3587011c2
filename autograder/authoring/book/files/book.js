// What the theme leaves to be done for readers without a mouse, or without a screen.
document.addEventListener("DOMContentLoaded", () => {
  for (const summary of document.querySelectorAll(".bd-links summary")) {
    const of = summary.closest("li").querySelector("a").textContent.trim();
    summary.setAttribute("aria-label", `Pages of: ${of}`);
  }
  for (const box of document.querySelectorAll(".formula, .cell_output .text_html")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
});
