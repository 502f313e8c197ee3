"use strict";

/* Draws letters. Whatever anybody said is set as text, never as markup. */

const TWICE = 700; // milliseconds in which a second press is a slip of the finger

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function onPress(button, act) {
  let pressedAt = 0;
  button.addEventListener("click", () => {
    if (Date.now() - pressedAt < TWICE) return;
    pressedAt = Date.now();
    act();
  });
}

class Letters {
  constructor(words, press) {
    this.words = words;
    this.press = press;
  }

  draw(who, text) {
    const name = who === "me" ? this.words.who_me : this.words.who_hotline;
    const letter = element("div", "letter " + who);
    letter.appendChild(element("span", "unseen", name));
    const said = element("p", "said");
    if (who === "me") said.textContent = text;
    else this.fill(said, text);
    letter.appendChild(said);
    return letter;
  }

  /* The text, with its https addresses to be followed. */
  fill(target, text) {
    const addresses = /https:\/\/[\w.~:/?#@!$&'()*+,;=%[\]-]+/gi;
    let rest = 0;
    for (let found = addresses.exec(text); found; found = addresses.exec(text)) {
      const address = found[0].replace(/[.,;:!?')\]]+$/, "");
      target.appendChild(document.createTextNode(text.slice(rest, found.index)));
      target.appendChild(this.link(address));
      rest = found.index + address.length;
    }
    target.appendChild(document.createTextNode(text.slice(rest)));
  }

  link(address) {
    let url;
    try {
      url = new URL(address);
    } catch (error) {
      return document.createTextNode(address);
    }
    if (url.protocol !== "https:") return document.createTextNode(address);
    const made = element("a", "", address);
    made.href = url.href;
    made.target = "_blank";
    made.rel = "noopener noreferrer nofollow";
    made.setAttribute("aria-label", address + this.words.opens_elsewhere);
    return made;
  }

  options(buttons) {
    const group = element("div", "options");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", this.words.options);
    for (const [label, send] of buttons) {
      const button = element("button", "", label);
      button.type = "button";
      onPress(button, () => {
        button.classList.add("pressed");
        this.press({ press: send, label: label });
      });
      group.appendChild(button);
    }
    return group;
  }

  /* The line below the letter, with this text in it. */
  foot(letter, text) {
    const foot = letter.querySelector(".foot") || letter.appendChild(element("div", "foot"));
    foot.textContent = text;
    return foot;
  }

  time(when) {
    const two = (number) => ("0" + number).slice(-2);
    const time = element("time", "", two(when.getHours()) + ":" + two(when.getMinutes()));
    time.dateTime = when.toISOString();
    return time;
  }

  day(when) {
    const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
    const ago = Math.round((midnight(new Date()) - midnight(when)) / 86400000);
    if (ago === 0) return this.words.today;
    if (ago === 1) return this.words.yesterday;
    return this.words.date
      .replace("{month}", when.getMonth() + 1)
      .replace("{day}", when.getDate());
  }
}
