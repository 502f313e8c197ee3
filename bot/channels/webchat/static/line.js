"use strict";

/* The line to the hotline: it keeps what is unsent, sends it in order, reconnects and resumes.
   It knows nothing of the page but what it tells it: letter, sent, refused, waiting, typing, ready,
   state. Plain ES2017, for the WebViews of old phones. */

const FIRST_WAIT = 500; // milliseconds before the first attempt to reconnect
const LONGEST_WAIT = 15000;
const PATIENCE = 10000; // for an acknowledgement, and for a new line to become ready
const SILENCE = 60000; // the service gives a sign of life every 25 seconds
const FORGOTTEN = 40 * 3600 * 1000; // the service knows a message again for 48 hours
const STRANGER = 4401; // close code: the service does not know this page's visitor

/* What the visitor said and the service has not confirmed yet; it outlives the page. */
class Unsent {
  constructor(visitor) {
    this.key = "hotline164.unsent." + visitor;
    this.items = this.stored();
  }

  stored() {
    try {
      const items = JSON.parse(localStorage.getItem(this.key));
      return Array.isArray(items) ? items : [];
    } catch (error) {
      return []; // no storage here, or something else of that name
    }
  }

  store(change) {
    try {
      const items = change(this.stored()); // another tab may have added or sent some
      if (items.length) localStorage.setItem(this.key, JSON.stringify(items));
      else localStorage.removeItem(this.key);
    } catch (error) {
      // Storage is full or forbidden: what is unsent lives as long as the page.
    }
  }

  add(item) {
    this.items.push(item);
    this.store((items) => items.concat([item]));
  }

  drop(id) {
    this.items = this.items.filter((item) => item.id !== id);
    this.store((items) => items.filter((item) => item.id !== id));
  }

  clear() {
    this.items = [];
    this.store(() => []);
  }
}

class Line {
  constructor(address, visitor, page) {
    this.address = address;
    this.page = page;
    this.unsent = new Unsent(visitor);
    this.last = "0"; // the last letter seen
    this.attempts = 0;
    this.timers = {};
    this.hungUp();
  }

  /* Begin, with what an earlier page could not send. */
  open() {
    for (const item of this.unsent.items.slice()) {
      if (Date.now() - item.made > FORGOTTEN) this.refuse(item, null);
      else this.page.waiting(item);
    }
    this.dial();
    setInterval(() => this.listenForLife(), 5000);
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  /* Say words, `{text}`, or press a button, `{press, label}`. */
  say(what) {
    const item = Object.assign({ id: newId(), made: Date.now() }, what);
    this.unsent.add(item);
    this.page.waiting(item);
    this.send();
  }

  /* The visitor goes: nothing of theirs stays behind, and nobody calls again. */
  leave() {
    this.unsent.clear();
    this.attempts = 0;
    this.hungUp();
  }

  dial() {
    this.page.state(this.attempts ? "reconnecting" : "connecting");
    const socket = new WebSocket(this.address);
    this.socket = socket;
    this.heardAt = Date.now();
    this.after("patience", PATIENCE, () => this.lost(0));
    socket.onopen = () => socket.send(JSON.stringify({ hello: this.last }));
    socket.onmessage = (event) => this.socket === socket && this.hear(JSON.parse(event.data));
    socket.onclose = (event) => this.socket === socket && this.lost(event.code);
  }

  hear(frame) {
    this.heardAt = Date.now();
    if (frame.at) this.letter(frame);
    else if (frame.ack) this.acknowledged(frame.ack);
    else if (frame.ready) this.becomeReady();
    else if (frame.typing) this.page.typing();
    else if (frame.error) this.failed(frame);
  }

  letter(letter) {
    this.last = letter.at;
    this.page.letter(letter);
  }

  becomeReady() {
    clearTimeout(this.timers.patience);
    this.ready = true;
    this.attempts = 0;
    this.page.state("ready");
    this.send();
  }

  /* One at a time: the next goes when this one is confirmed, so that the order holds. */
  send() {
    const item = this.unsent.items[0];
    if (!item || !this.ready || this.underway) return;
    this.underway = item.id;
    const frame = item.press
      ? { id: item.id, press: item.press, label: item.label }
      : { id: item.id, text: item.text };
    this.socket.send(JSON.stringify(frame));
    this.after("patience", PATIENCE, () => this.lost(0));
  }

  acknowledged(id) {
    this.unsent.drop(id);
    this.page.sent(id);
    this.next();
  }

  failed(frame) {
    const item = this.unsent.items.find((it) => it.id === frame.id);
    if (!item) return;
    if (frame.wait !== undefined) {
      clearTimeout(this.timers.patience);
      this.page.notice(frame.id, frame.error);
      this.after("slower", frame.wait * 1000 + 100, () => this.next());
      return;
    }
    this.refuse(item, frame.error);
    this.next();
  }

  refuse(item, why) {
    this.unsent.drop(item.id);
    this.page.refused(item, why);
  }

  next() {
    clearTimeout(this.timers.patience);
    this.underway = null;
    this.send();
  }

  lost(code) {
    this.hungUp();
    if (code === STRANGER) {
      this.page.state("stranger");
      return;
    }
    const range = Math.min(LONGEST_WAIT - FIRST_WAIT, FIRST_WAIT * Math.pow(2, this.attempts));
    this.attempts += 1;
    this.page.state("reconnecting");
    this.after("again", FIRST_WAIT + Math.random() * range, () => this.dial());
  }

  hungUp() {
    const socket = this.socket;
    this.socket = null;
    this.ready = false;
    this.underway = null;
    for (const name of Object.keys(this.timers)) clearTimeout(this.timers[name]);
    if (socket) socket.close();
  }

  listenForLife() {
    if (this.ready && Date.now() - this.heardAt > SILENCE) this.lost(0);
  }

  /* The network is back, or the visitor is: do not sit out the wait, nor trust a line that may
     have died while the phone slept. */
  hurry() {
    if (!this.socket && this.attempts) {
      clearTimeout(this.timers.again);
      this.dial();
    } else if (this.ready && Date.now() - this.heardAt > SILENCE / 2) {
      this.socket.send(JSON.stringify({ hello: this.last }));
      this.after("patience", PATIENCE / 2, () => this.lost(0));
    }
  }

  after(name, milliseconds, act) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(act, milliseconds);
  }
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => ("0" + byte.toString(16)).slice(-2)).join("");
}
