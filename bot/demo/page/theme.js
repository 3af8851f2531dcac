// Runs before anything is drawn: a dark room must not flash white.
const THEMES = { auto: ["◐", "as the system"], light: ["☀", "light"], dark: ["☾", "dark"] };
const system = matchMedia("(prefers-color-scheme: dark)");
let chosen = localStorage.getItem("demo.theme");

function paint() {
  if (!(chosen in THEMES)) chosen = "auto";
  document.documentElement.dataset.theme = chosen === "auto" ? (system.matches ? "dark" : "light") : chosen;
  const switcher = document.getElementById("theme");
  if (!switcher) return;
  switcher.textContent = THEMES[chosen][0];
  switcher.title = switcher.ariaLabel = `Colours: ${THEMES[chosen][1]}`;
}

system.addEventListener("change", paint);
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("theme").addEventListener("click", () => {
    const names = Object.keys(THEMES);
    chosen = names[(names.indexOf(chosen) + 1) % names.length];
    localStorage.setItem("demo.theme", chosen);
    paint();
  });
  paint();
});
paint();
