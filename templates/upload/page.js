// Makes the page nicer; without it everything works too.
"use strict";

for (const form of document.querySelectorAll("form.drop")) {
  const input = form.querySelector("input[type=file]");
  const said = form.querySelector(".said");
  const button = form.querySelector("button");
  const most = Number(form.dataset.most);

  const isFingerAlone = matchMedia("(pointer: coarse)").matches && !matchMedia("(any-pointer: fine)").matches;
  form.querySelector(".drop-here").hidden = isFingerAlone;  // a finger drags no file

  const look = () => {
    const file = input.files[0];
    const large = file && file.size > most;
    said.textContent = !file ? "" : large ? `“${file.name}”超过 ${most / 1048576} MB，请删去图片和无关的工作表。` : `已选择：${file.name}`;
    said.classList.toggle("is-bad", Boolean(large));
    button.disabled = Boolean(large);
    return Boolean(file) && !large;
  };
  input.addEventListener("change", look);
  form.addEventListener("submit", () => {
    said.textContent = "正在上传、核对，请稍等…";
    button.disabled = true;
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.toggle("is-over", name === "dragover");
    });
  }
  form.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length !== 1) {
      said.textContent = "请一次放一个文件。";
      return;
    }
    input.files = event.dataTransfer.files;
    if (look()) form.requestSubmit();
  });
  window.addEventListener("pageshow", () => { button.disabled = false; look(); });
}

// A second click must not send twice; the server would not mind, the reader would.
for (const form of document.querySelectorAll(".actions form")) {
  form.addEventListener("submit", () => setTimeout(() => { form.querySelector("button").disabled = true; }, 0));
}
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll(".actions button")) button.disabled = false;
});

// A page that the browser kept and shows again on "back" may be out of date: what was discarded or sent meanwhile.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// The time that is left, by the server's clock.
for (const left of document.querySelectorAll("[data-left]")) {
  const end = performance.now() + Number(left.dataset.left) * 1000;
  const tell = () => {
    const seconds = Math.max(0, Math.floor((end - performance.now()) / 1000));
    const hours = Math.floor(seconds / 3600);
    left.textContent = `${hours ? `${hours} 小时 ` : ""}${Math.floor((seconds % 3600) / 60)} 分钟`;
    left.classList.toggle("is-soon", seconds < 1800);
    if (seconds === 0) location.reload();
  };
  if (Number(left.dataset.left) > 0) {
    tell();
    setInterval(tell, 20000);
  }
}
