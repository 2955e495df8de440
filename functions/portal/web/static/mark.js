// Marks the words somebody searched for: in the list of what was found, and on the page that it led to.
export function mark(words, within) {
  if (!words.length) return;
  const sought = new RegExp(`(${words.map((word) => word.replace(/[^\p{L}\p{N}]/gu, "\\$&")).join("|")})`, "giu");
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (data.search(sought) >= 0 && !parentElement.closest("svg, script, style, textarea, mark")) found.push(walker.currentNode);
  }
  for (const node of found) node.replaceWith(...node.data.split(sought).map((part, place) =>
    place % 2 ? Object.assign(document.createElement("mark"), { textContent: part }) : part));
}
