"use strict";
// 第九节的案件清单：查找、筛选、排序，点开看全部内容。数据来自本页，不连网；单元格里的文字只作文字（textContent）放进页面。
// 没有脚本时，页面上原有的清单照样能看。
(() => {
  const PAGE_SIZE = 50;
  const NUMBER = 0, DISTRICT = 1, GROUP = 2, SOURCE = 3, CATEGORY = 4, LEADER = 5, MATTER = 6, STATE = 7, PART = 8, DEADLINE = 9, DUE = 10, IDLE = 11, TAGS = 12, DETAILS = 13;
  const OPEN = 0, COUNTED = 1, CANCELLED = 3;
  const byId = id => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const word = cell => (Array.isArray(cell) ? cell.map(part => data.words[part]).join(" · ") : data.words[cell || 0]);
  const tagOf = new Map(data.tags.map((tag, position) => [tag[0], 2 ** position]));
  const has = (one, tag) => Math.floor(one[TAGS] / tag) % 2 === 1;
  const districts = Array.from(byId("district").options, option => option.value);
  const said = data.cases.map(() => null);
  const searched = position => said[position] || (said[position] = finding.readable(word(data.cases[position][NUMBER]), textOf(data.cases[position])));
  let picked = null;
  let isChosen = false; // 自己选过“列出”的，查找时照选的找；没有选过的，在所有案件里找
  let listed = [];
  let shown = 0;

  function make(tag, text, className) {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  // 查找看的：写着的全部内容，督办和今日变化的名称，旗区上面的单位
  function textOf(one) {
    const tagged = data.tags.filter(([tag]) => has(one, tagOf.get(tag))).map(([, name]) => name);
    return one.slice(0, PART).concat(one.slice(DETAILS)).map(word).concat(tagged, data.above[word(one[DISTRICT])] || []).join("\n");
  }

  // 一个数字点开的案件：p12 是第 12 个数字的总数，p12y 计入化解的，p12n 不计入的
  function fitsPick(one) {
    const pick = data.picks[picked.number - 1];
    const isCounted = one[PART] === COUNTED;
    return one[PART] !== CANCELLED && one[GROUP] === pick[1] && one[pick[0]] === pick[2] && (picked.part === "" || isCounted === (picked.part === "y"));
  }

  function fitsState(one, state) {
    if (state === "all") return true;
    if (state in data.parts) return one[PART] === data.parts[state];
    return has(one, tagOf.get(state));
  }

  const orders = {
    district: (one, other) => districts.indexOf(word(data.cases[one][DISTRICT])) - districts.indexOf(word(data.cases[other][DISTRICT])),
    deadline: (one, other) => compare(word(data.cases[one][DEADLINE]) || "~", word(data.cases[other][DEADLINE]) || "~"),
    idle: (one, other) => data.cases[other][IDLE] - data.cases[one][IDLE],
    number: (one, other) => word(data.cases[one][NUMBER]).localeCompare(word(data.cases[other][NUMBER]), "zh-CN", { numeric: true }),
  };
  const compare = (one, other) => (one < other ? -1 : Number(one > other));

  function list() {
    const asked = finding.asked(byId("find").value);
    const state = byId("state").value, district = byId("district").value, order = byId("order").value;
    listed = [];
    data.cases.forEach((one, position) => {
      const fits = picked ? fitsPick(one) : fitsState(one, state) && (district === "" || word(one[DISTRICT]) === district);
      if (fits && finding.fits(searched(position), asked)) listed.push(position);
    });
    const isOpen = position => Number(data.cases[position][PART] !== OPEN);
    listed.sort((one, other) => isOpen(one) - isOpen(other) || orders[order](one, other) || one - other);
    shown = 0;
    byId("rows").textContent = "";
    showMore();
  }

  function cell(label, content) {
    const element = make("td");
    element.dataset.label = label;
    element.append(content);
    return element;
  }

  function row(position) {
    const one = data.cases[position], line = make("tr"), head = make("th"), number = word(one[NUMBER]), link = make("a", number, number.length > 18 ? "number" : "number nowrap");
    head.scope = "row";
    link.href = "#register";
    link.dataset.case = position;
    head.append(link);
    const days = word(one[DUE]), due = make("span", days, (days.length > 12 ? "" : "nowrap") + (has(one, tagOf.get("overdue")) ? " missed" : has(one, tagOf.get("due_soon")) ? " soon" : ""));
    const deadline = make("span", word(one[DEADLINE]) || "未填", "nowrap");
    const time = make("span");
    time.append(deadline, one[DUE] ? " " : "", due);
    line.append(head, cell("旗区", word(one[DISTRICT])), cell("案由", make("span", word(one[MATTER]), "clamp")), cell("包案", make("span", word(one[LEADER]), "clamp")), cell("时限", time), cell("状态", word(one[STATE])));
    return line;
  }

  function showMore() {
    const next = listed.slice(shown, shown + PAGE_SIZE);
    byId("rows").append(...next.map(row));
    shown += next.length;
    const of = picked ? picked.name + "：" : "";
    byId("found").textContent = listed.length ? of + listed.length + " 件" + (shown < listed.length ? "，先列 " + shown + " 件" : "") : of + "没有符合的案件。";
    byId("more").hidden = shown >= listed.length;
    byId("listed").hidden = !listed.length;
    byId("all").hidden = !picked && byId("find").value === "" && byId("state").value === "open" && byId("district").value === "";
  }

  function open(position) {
    const one = data.cases[position], list = byId("case-details"), box = byId("case");
    byId("case-title").textContent = word(one[NUMBER]) + "　" + word(one[STATE]);
    list.textContent = "";
    data.labels.forEach(([label, column]) => {
      const text = word(one[column]);
      if (!text) return;
      const pair = make("div");
      pair.append(make("dt", label), make("dd", text, "long"));
      list.append(pair);
    });
    if (box.showModal) box.showModal();
    else box.setAttribute("open", "");
    box.scrollTop = 0;
  }

  function pick(show, name) {
    const found = /^p(\d+)([yn]?)$/.exec(show);
    picked = found ? { number: Number(found[1]), part: found[2], name: nameOf(found) } : null;
    byId("state").value = found ? "all" : show;
    isChosen = show !== "open";
    byId("district").value = byId("find").value = "";
    list();
  }

  function nameOf(found) {
    const one = data.picks[Number(found[1]) - 1], group = word(one[1]), label = word(one[2]);
    return (label === group ? group : group + " · " + label) + { "": "", y: "，计入化解", n: "，不计入化解" }[found[2]];
  }

  document.addEventListener("click", event => {
    const link = event.target.closest ? event.target.closest("a[data-case], a[data-show]") : null;
    if (!link) return;
    if (link.dataset.show) pick(link.dataset.show);
    else {
      event.preventDefault();
      open(Number(link.dataset.case));
    }
  });
  ["find", "state", "district", "order"].forEach(id =>
    byId(id).addEventListener(id === "find" ? "input" : "change", () => {
      if (id !== "order") picked = null;
      if (id === "state") isChosen = true;
      if (id === "find" && !isChosen) byId("state").value = byId("find").value.trim() ? "all" : "open";
      list();
    })
  );
  byId("more").addEventListener("click", showMore);
  byId("all").addEventListener("click", () => pick("open"));
  byId("case-close").addEventListener("click", () => (byId("case").close ? byId("case").close() : byId("case").removeAttribute("open")));
  byId("case").addEventListener("click", event => event.target === byId("case") && byId("case").close());
  list();
  byId("cut").hidden = data.longest === null;
  byId("plain").remove();
  byId("finder").hidden = false;
})();
