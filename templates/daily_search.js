"use strict";
// 案件很多的一天：在“案件/查找”文件夹里的索引中找案件。索引是脚本文件，用到时才装进来；除了它们，本页不引用别的文件，也不连网。
// 单元格里的文字只作文字（textContent）放进页面。
(() => {
  const MOST_LISTED = 100, LEAST_TYPED = 2, PAUSE = 250;
  const NUMBER = 0, UNIT = 1, MATTER = 2, LEADER = 3, DEADLINE = 4, STATE = 5;
  const byId = id => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const own = new Set(Array.from(byId("unit").options, option => option.value).filter(Boolean));
  const shards = data.shards.map(([first, last]) => ({ first, last, lines: null }));
  const waiting = new Map();
  let asking = 0;

  // 每个索引文件只做一件事：把自己的编号和内容交到这里
  window.casesOf = (number, text) => {
    shards[number].lines = text.split("\n").map(line => [finding.readable(line.split("\t", 1)[NUMBER], line), line]);
  };

  function load(number) {
    if (shards[number].lines) return Promise.resolve(true);
    if (!waiting.has(number)) {
      waiting.set(number, new Promise(resolve => {
        const script = document.createElement("script");
        script.nonce = data.nonce;
        script.onload = () => resolve(shards[number].lines !== null);
        script.onerror = () => { waiting.delete(number); resolve(false); };
        script.src = data.folder + "/" + String(number + 1).padStart(4, "0") + ".js";
        document.head.append(script);
      }));
    }
    return waiting.get(number);
  }

  function cell(label, text, className) {
    const element = document.createElement("td"), inner = document.createElement("span");
    element.dataset.label = label;
    inner.textContent = text;
    if (className) inner.className = className;
    element.append(inner);
    return element;
  }

  function row(line) {
    const one = line.split("\t"), element = document.createElement("tr"), head = document.createElement("th"), link = document.createElement("a");
    const unit = data.units[Number(one[UNIT])];
    head.scope = "row";
    link.textContent = one[NUMBER];
    link.className = one[NUMBER].length > 18 ? "number" : "number nowrap";
    link.href = unit[1] + "#" + finding.anchored(one[NUMBER]);
    head.append(link);
    element.append(head, cell("旗区", unit[0]), cell("案由", one[MATTER], "clamp"), cell("包案", one[LEADER], "clamp"), cell("时限", one[DEADLINE] || "未填", "nowrap"), cell("状态", one[STATE]));
    return element;
  }

  async function search() {
    const mine = ++asking, typed = byId("find").value.trim(), unit = byId("unit").value;
    const asked = finding.asked(typed);
    byId("rows").textContent = "";
    byId("listed").hidden = true;
    if (typed.length < LEAST_TYPED) { byId("found").textContent = typed ? "请再多写一个字。" : ""; return; }
    const looked = unit === "" ? own : new Set([unit]);
    const wanted = shards.map((one, number) => number).filter(number => Array.from(looked).some(at => shards[number].first <= Number(at) && Number(at) <= shards[number].last));
    let count = 0, lacking = 0;
    for (const [done, number] of wanted.entries()) {
      const isThere = await load(number);
      if (mine !== asking) return;
      if (!isThere) { lacking += 1; continue; }
      const found = shards[number].lines.filter(([said, line]) => finding.fits(said, asked) && looked.has(line.split("\t")[UNIT]));
      byId("rows").append(...found.slice(0, Math.max(0, MOST_LISTED - count)).map(([, line]) => row(line)));
      count += found.length;
      byId("listed").hidden = !count;
      byId("found").textContent = count + " 件" + (count > MOST_LISTED ? "，先列 " + MOST_LISTED + " 件，可以多写几个字" : "") + (done + 1 < wanted.length ? "（还在找）" : "");
    }
    if (lacking) byId("found").textContent = "从本页找不到“案件”文件夹，或者里面的文件不全：没有找全。请从结果文件夹里打开本页。";
    else if (!count) byId("found").textContent = "没有符合的案件。能查什么，写在下面。";
  }

  let pause = 0;
  byId("find").addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(search, PAUSE); });
  byId("unit").addEventListener("change", search);
  byId("finder").hidden = false;
})();
