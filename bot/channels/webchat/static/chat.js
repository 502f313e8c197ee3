"use strict";

/* The page: shows the conversation and takes what the visitor types and presses. */

(function () {
  const words = JSON.parse(document.body.dataset.words);
  const embedded = document.body.classList.contains("embedded");
  const find = (id) => document.getElementById(id);
  const view = find("view");
  const log = find("log");
  const typing = find("typing");
  const below = find("below");
  const state = find("state");
  const input = find("input");
  const room = find("room");
  const visitor = document.body.dataset.visitor;
  const VISITOR = "hotline164.visitor"; // in localStorage: whose the browser is
  const TOGETHER = 3000; // milliseconds between answers to the same words
  const RELOADED = "hotline164.reloaded"; // in sessionStorage: a cookie was asked for already
  const MOST = Number(input.getAttribute("maxlength"));

  const mine = new Map(); // client id -> its letter on the page
  const seen = new Set(); // ids of letters on the page
  let day = ""; // of the last letter
  let anchor = null; // what must stay in sight: the first answer that was not read yet
  let answeredAt = 0;
  let busy = true; // the letters of old are still coming
  let typingTimer = 0;

  const letters = new Letters(words, (button) => line.say(button));

  // --- where letters stand -------------------------------------------------------------------

  /* Behind everything that has its place in the conversation: what is on its way has none yet. */
  function place(letter) {
    log.insertBefore(letter, log.querySelector(".underway"));
  }

  function dated(letter, at) {
    const when = new Date(Number(at.split("-")[0]));
    const its = letters.day(when);
    if (its !== day) {
      day = its;
      log.insertBefore(element("div", "day", its), letter);
    }
    letters.foot(letter, "").appendChild(letters.time(when));
  }

  // --- what the line tells -------------------------------------------------------------------

  function showLetter(letter) {
    if (seen.has(letter.at)) return;
    seen.add(letter.at);
    if (letter.who === "me") showOwn(letter);
    else showAnswer(letter);
    if (!busy) follow();
  }

  function showOwn(letter) {
    const known = letter.client && mine.get(letter.client);
    const own = known || letters.draw("me", letter.text);
    if (letter.client) mine.set(letter.client, own);
    if (log.querySelector(".underway") !== own) place(own); // to move it would read it out again
    own.classList.remove("underway");
    if (!isUnsent(letter.client)) own.classList.remove("waiting");
    own.classList.remove("failed");
    dated(own, letter.at);
    anchor = null;
    retire();
  }

  function showAnswer(letter) {
    hideTyping();
    retire();
    moveAnchor();
    const answer = letters.draw("hotline", letter.text);
    if (letter.buttons) {
      answer.appendChild(letters.options(letter.buttons));
      answer.classList.add("current");
    }
    place(answer);
    dated(answer, letter.at);
    if (!anchor) anchor = answer;
  }

  /* The buttons of earlier answers stay, but step back. */
  function retire() {
    for (const earlier of log.querySelectorAll(".current")) earlier.classList.remove("current");
  }

  function isUnsent(client) {
    return line.unsent.items.some((item) => item.id === client);
  }

  function showWaiting(item) {
    if (mine.has(item.id)) return;
    const own = letters.draw("me", item.press ? item.label : item.text);
    own.classList.add("waiting", "underway");
    letters.foot(own, words.sending);
    mine.set(item.id, own);
    log.appendChild(own);
    anchor = null;
    toBottom();
  }

  function markSent(id) {
    const own = mine.get(id);
    if (!own) return;
    own.classList.remove("waiting");
    if (!own.querySelector("time")) letters.foot(own, words.sent);
  }

  function showNotice(id, text) {
    const own = mine.get(id);
    if (own && !own.querySelector("time")) letters.foot(own, text);
  }

  function showRefused(item, why) {
    showWaiting(item);
    const own = mine.get(item.id);
    own.classList.remove("waiting", "underway");
    own.classList.add("failed");
    const label = item.press ? words.resend : words.edit;
    const again = element("button", "", label);
    again.type = "button";
    again.addEventListener("click", () => {
      own.remove();
      if (item.press) line.say({ press: item.press, label: item.label });
      else write(item.text);
    });
    letters.foot(own, why || words.not_sent).appendChild(again);
  }

  function showTyping() {
    clearTimeout(typingTimer);
    typingTimer = setTimeout(() => {
      typing.hidden = false;
      follow();
      typingTimer = setTimeout(hideTyping, 12000);
    }, 400); // most answers are there sooner
  }

  function hideTyping() {
    clearTimeout(typingTimer);
    typing.hidden = true;
  }

  function showState(name) {
    document.body.dataset.state = name;
    if (name === "stranger") return introduce();
    state.hidden = name === "ready";
    const text = words[name] || "";
    if (state.textContent !== text) state.textContent = text; // else it is read out again
    if (name === "ready") becomeReady();
    else hideTyping();
  }

  function becomeReady() {
    remember("sessionStorage", RELOADED, "");
    if (!busy) return;
    busy = false;
    log.setAttribute("aria-busy", "false");
    if (log.firstChild) toBottom(); // else the visitor is new and reads the welcome
  }

  /* The service does not know this browser: loading the page anew brings a cookie, if the browser
     takes any. */
  function introduce() {
    if (!remembered(RELOADED) && remember("sessionStorage", RELOADED, "yes")) {
      location.reload();
      return;
    }
    state.hidden = false;
    state.textContent = words.cookies;
    if (embedded) {
      const alone = element("a", "", words.open_alone);
      alone.href = "/";
      alone.target = "_blank";
      alone.rel = "noopener";
      state.appendChild(alone);
    }
  }

  function remembered(name) {
    try {
      return sessionStorage.getItem(name);
    } catch (error) {
      return "";
    }
  }

  function remember(store, name, value) {
    try {
      window[store].setItem(name, value); // to name a forbidden store is an error by itself
      return true;
    } catch (error) {
      return false;
    }
  }

  // --- what is in sight ----------------------------------------------------------------------

  const distance = () => view.scrollHeight - view.scrollTop - view.clientHeight;
  let atBottom = true;

  function toBottom() {
    view.scrollTop = view.scrollHeight;
  }

  /* Answers that come together are read from the first one on. */
  function moveAnchor() {
    if (Date.now() - answeredAt > TOGETHER && distance() < 40) anchor = null;
    answeredAt = Date.now();
  }

  /* Go along with the conversation, but never past the beginning of an answer, and not at all when
     the visitor is reading further up. */
  function follow() {
    if (!atBottom) {
      below.hidden = false;
      return;
    }
    const top = anchor ? anchor.offsetTop - 12 : Infinity;
    view.scrollTop = Math.min(top, view.scrollHeight);
    below.hidden = distance() < 40;
  }

  view.addEventListener("scroll", () => {
    atBottom = distance() < 120 || (anchor !== null && view.scrollTop >= anchor.offsetTop - 40);
    if (distance() < 40) below.hidden = true;
  });
  below.addEventListener("click", toBottom);
  addEventListener("resize", () => atBottom && !busy && !anchor && toBottom());

  // --- what the visitor does -----------------------------------------------------------------

  function submit() {
    const text = input.value.trim();
    if (!text) return;
    line.say({ text: text });
    write("");
  }

  function write(text) {
    input.value = text;
    fit();
    input.focus();
  }

  function fit() {
    input.style.height = "auto";
    input.style.height = input.scrollHeight + 2 + "px";
    const left = MOST - input.value.length;
    room.textContent = left <= 100 ? words.room_left.replace("{count}", left) : "";
  }

  find("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  input.addEventListener("input", fit);
  input.addEventListener("keydown", (event) => {
    const composing = event.isComposing || event.keyCode === 229; // choosing Chinese characters
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    submit();
  });
  for (const button of document.querySelectorAll("[data-says]")) {
    onPress(button, () => line.say({ text: button.dataset.says }));
  }
  find("forget").addEventListener("submit", () => line.leave());
  if (embedded) {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") parent.postMessage("hotline:close", "*");
    });
  }

  /* Another tab has become another visitor's: what this one shows is not theirs. */
  addEventListener("storage", (event) => {
    if (event.key === VISITOR && event.newValue !== visitor) location.reload();
  });

  const page = {
    letter: showLetter,
    waiting: showWaiting,
    sent: markSent,
    notice: showNotice,
    refused: showRefused,
    typing: showTyping,
    state: showState,
  };
  const scheme = location.protocol === "https:" ? "wss://" : "ws://";
  const line = new Line(scheme + location.host + "/socket", visitor, page);
  remember("localStorage", VISITOR, visitor);
  line.open();
})();
