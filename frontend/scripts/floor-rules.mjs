/** What Chrome 90 and Safari 14 do not know, found in built text. */
import { parse } from "acorn";

const CSS_FORBIDDEN = [
  [/:has\(/, ":has()"],
  [/:focus-visible/, ":focus-visible"],
  [/:modal|:user-(in)?valid|:popover-open/, "newer pseudo-classes"],
  [/::backdrop|::details-content/, "newer pseudo-elements"],
  [/@layer\b/, "@layer"],
  [/@container\b/, "@container"],
  [/@property\b/, "@property"],
  [/@scope\b/, "@scope"],
  [/@starting-style\b/, "@starting-style"],
  [/(^|[;{])\s*&/, "nesting"],
  [/@media[^{]*\([^)]*[<>]=?/, "range syntax in media queries"],
  [/\b(lab|lch|oklab|oklch|color|color-mix|light-dark)\(/, "newer colour functions"],
  [/\d(d|s|l)v(h|w|min|max|b|i)\b/, "dynamic viewport units"],
  [/\d(cq(w|h|i|b|min|max)|lh|rlh|cap|ic)\b/, "newer units"],
  [/[;{]\s*inset(-\w+)*\s*:/, "inset"],
  [/[;{]\s*(margin|padding|border)-(inline|block)\b/, "logical properties"],
  [/[;{]\s*aspect-ratio\s*:/, "aspect-ratio"],
  [/[;{]\s*accent-color\s*:/, "accent-color"],
  [/[;{]\s*(translate|rotate|scale)\s*:/, "individual transforms"],
  [
    /[;{]\s*(content-visibility|text-wrap|container|scrollbar-gutter|field-sizing)\s*:/,
    "newer properties",
  ],
  [/overflow(-[xy])?\s*:\s*clip/, "overflow: clip"],
  [/\bsubgrid\b/, "subgrid"],
];

// Names that parse everywhere but do not exist at the floor.
const JS_FORBIDDEN = [
  "structuredClone",
  "hasOwn",
  "findLast",
  "findLastIndex",
  "toSorted",
  "toReversed",
  "toSpliced",
  "at",
  "groupBy",
  "withResolvers",
  "randomUUID",
  "WeakRef",
  "Temporal",
  "canParse",
  "startViewTransition",
  "showPopover",
];

/** Names of the features of a style sheet that the floor lacks. */
export function cssFaults(css) {
  const faults = CSS_FORBIDDEN.filter(([pattern]) => pattern.test(css)).map(([, name]) => name);
  for (const [, body] of css.matchAll(/\{([^{}]*)\}/g)) {
    if (/(^|;)\s*(row-|column-)?gap\s*:/.test(body) && !/display\s*:\s*(inline-)?grid/.test(body)) {
      faults.push("gap outside a grid");
    }
  }
  return [...new Set(faults)];
}

/** Names of the features of a script that the floor lacks; a script it cannot parse is one. */
export function jsFaults(source) {
  let tree;
  try {
    tree = parse(source, { ecmaVersion: 2021, sourceType: "module" });
  } catch (error) {
    return [`syntax newer than ES2021: ${error.message}`];
  }
  const faults = new Set();
  visit(tree, (node) => {
    const name =
      node.type === "MemberExpression" && !node.computed ? node.property.name : undefined;
    const called = node.type === "CallExpression" ? node.callee.name : undefined;
    for (const word of [name, called]) if (JS_FORBIDDEN.includes(word)) faults.add(word);
  });
  return [...faults];
}

function visit(node, look) {
  look(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof child.type === "string") visit(child, look);
    }
  }
}
