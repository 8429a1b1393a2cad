"use strict";
// 旗区案件页：地址里写着一件案件的（#case-编号），打开这一件。
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const word = cell => (Array.isArray(cell) ? cell.map(part => data.words[part]).join(" · ") : data.words[cell || 0]);
  function open() {
    const asked = location.hash.slice(1);
    const position = data.cases.findIndex(one => finding.anchored(word(one[0])) === asked);
    if (position < 0) return;
    const link = document.createElement("a");
    link.dataset.case = position;
    document.body.append(link);
    link.click();
    link.remove();
  }
  addEventListener("hashchange", open);
  open();
})();
