// Says, five minutes before it happens, that whoever does nothing is signed out. Without script the page works as well:
// what was being entered is kept and comes back after signing in.
(() => {
  const notice = document.getElementById("ending");
  const idle = notice ? Number(notice.dataset.idle) * 60_000 : 0;
  if (!idle) return;
  const ahead = Math.min(300_000, idle / 2);
  setTimeout(() => { notice.hidden = false; }, idle - ahead);
  setTimeout(() => {
    notice.dataset.is = "halt";
    notice.querySelector(".mark").dataset.is = "halt";
    notice.querySelector("p").textContent = notice.dataset.over;
  }, idle);
})();
