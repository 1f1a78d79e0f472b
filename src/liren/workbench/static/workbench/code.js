/* The organiser's screen: a new code before the old one is worthless, and the screen stays awake where it can. */
"use strict";

(() => {
  const picture = document.querySelector("img[data-code]");
  setInterval(() => { picture.src = `${picture.dataset.code}?${Date.now()}`; }, Number(picture.dataset.renewed) * 1000);
  const wake = () => { if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {}); };
  document.addEventListener("visibilitychange", wake);
  wake();
})();
