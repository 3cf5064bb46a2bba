// Makes the committed files under static/ from this folder. Run after changing anything here:
//
//   cd frontend && npm install --no-package-lock && npm run build
//
// Nobody needs Node to install or run Mandate Tracker; only to change its look.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "node_modules");
const out = join(here, "..", "static");

const SANS = ["latin-wght-normal", "latin-wght-italic", "latin-ext-wght-normal",
  "cyrillic-wght-normal", "greek-wght-normal"].map((part) => ["noto-sans", part]);
const SERIF = ["latin-wght-normal", "latin-wght-italic", "cyrillic-wght-normal"]
  .map((part) => ["noto-serif", part]);

const COPIES = [
  ["htmx.org/dist/htmx.min.js", "vendor/htmx.min.js"],
  ["htmx.org/LICENSE", "vendor/htmx.LICENSE.txt"],
  ["accessible-autocomplete/dist/accessible-autocomplete.min.js",
    "vendor/accessible-autocomplete.min.js"],
  ["accessible-autocomplete/LICENSE.txt", "vendor/accessible-autocomplete.LICENSE.txt"],
  ["@fontsource-variable/noto-sans/LICENSE", "fonts/noto-sans.OFL.txt"],
  ["@fontsource-variable/noto-serif/LICENSE", "fonts/noto-serif.OFL.txt"],
  ...[...SANS, ...SERIF].map(([family, part]) => [
    `@fontsource-variable/${family}/files/${family}-${part}.woff2`,
    `fonts/${family}-${part}.woff2`,
  ]),
];

// The design system writes left and right; start and end let a page turn round with its `dir`.
function mirrored(sheet) {
  const end = (side) => (side === "left" ? "start" : "end");
  return sheet
    .replace(/([{;](?:margin|padding|border))-(left|right)\b/g,
      (_, property, side) => `${property}-inline-${end(side)}`)
    .replace(/([{;])(left|right):/g, (_, before, side) => `${before}inset-inline-${end(side)}:`)
    .replace(/text-align:(left|right)/g, (_, side) => `text-align:${end(side)}`)
    .replace(/float:(left|right)/g, (_, side) => `float:inline-${end(side)}`);
}

const { css } = sass.compile(join(here, "scss", "app.scss"), {
  loadPaths: [packages],
  style: "compressed",
  quietDeps: true,
});
mkdirSync(join(out, "css"), { recursive: true });
writeFileSync(join(out, "css", "app.css"), `${mirrored(css)}\n`);

for (const [from, to] of COPIES) {
  mkdirSync(dirname(join(out, to)), { recursive: true });
  copyFileSync(join(packages, from), join(out, to));
  // A map that is not there stops the collecting of files for production.
  if (to.endsWith(".js")) {
    const script = readFileSync(join(out, to), "utf8");
    writeFileSync(join(out, to), script.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
  }
}
