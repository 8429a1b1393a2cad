"use strict";
// 日报页面和旗区案件页共用：查找怎样认字、认编号，案件在页里的地址，电脑上、纸上展开什么。
const finding = (() => {
  const plain = text => text.normalize("NFKC").toLowerCase();
  const joined = text => text.replace(/[\p{Pd}\u2212]/gu, "");
  const startsLikeNumber = /^[a-z]+\d+$/;
  const wholeNumber = /^([a-z]+\d{4})0*(\d+)$/;
  const short = text => (wholeNumber.exec(text) || []).slice(1).join("-");

  // 一件案件能查到的文字；编号不写连字符（SJ2020030）、少写序号前的 0（zzq2020-52）也认得
  function readable(number, text) {
    const whole = joined(plain(number));
    return { text: plain(text), joined: whole, short: short(whole) };
  }

  // 几个词之间空一格，每个词都要有
  function asked(typed) {
    return plain(typed).split(/\s+/).filter(Boolean).map(part => {
      const whole = joined(part);
      return { text: part, joined: startsLikeNumber.test(whole) ? whole : "", short: short(whole) };
    });
  }

  const has = (one, part) => one.text.includes(part.text) || (part.joined && one.joined.startsWith(part.joined)) || (part.short && one.short === part.short);
  const fits = (one, parts) => parts.every(part => has(one, part));
  const anchored = number => "case-" + number.replace(/[^A-Za-z0-9-]/gu, found => "_" + found.codePointAt(0).toString(16) + "_");

  // 电脑上、纸上不折的，由样式展开；旧的浏览器不会，在这里展开
  const unfold = folds => folds.forEach(fold => (fold.open = true));
  if (matchMedia("(min-width: 641px)").matches) unfold(document.querySelectorAll(".wide-open"));
  let closed = [];
  addEventListener("beforeprint", () => unfold((closed = Array.from(document.querySelectorAll(".wide-open:not([open]), .printed:not([open])")))));
  addEventListener("afterprint", () => closed.forEach(fold => (fold.open = false)));
  return { readable, asked, fits, anchored };
})();
